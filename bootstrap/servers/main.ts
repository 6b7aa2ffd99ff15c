/**
 * `npm run servers -- mongodb nats`: installs and starts the servers that tests use, until it is stopped.
 *
 * @module
 */
import { startSecantus } from "./mongodb.ts";
import { startNats } from "./nats.ts";

const servers = {
  mongodb: { variable: "MONGODB_URL", start: () => startSecantus() },
  nats: { variable: "NATS_URL", start: () => startNats() },
};

const wanted = Bun.argv.slice(2);
const known = Object.keys(servers);
const unknown = wanted.filter((name) => !Object.hasOwn(servers, name));
if (unknown.length > 0 || wanted.length === 0) {
  process.stderr.write(`Name some of ${known.join(", ")}${unknown.length > 0 ? `, not ${unknown.join(", ")}` : ""}\n`);
  process.exit(2);
}

const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop());

await using running = new AsyncDisposableStack();
for (const [name, { variable, start }] of Object.entries(servers)) {
  if (wanted.includes(name)) process.stdout.write(`${variable}=${running.use(await start()).url}\n`);
}
await stopped;
