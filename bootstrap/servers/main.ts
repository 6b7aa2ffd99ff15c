/**
 * `npm run servers -- mongodb nats key_vault toxiproxy`: installs and starts them, until it is stopped. Prints what
 * their clients need.
 *
 * @module
 */
import { startKeyVault, startNats, startSecantus, startToxiproxy } from "./mod.ts";

type Started = AsyncDisposable & { readonly url: string };

/** How each is started, and the variables that its clients need. */
const servers = {
  mongodb: plain("MONGODB_URL", startSecantus),
  nats: plain("NATS_URL", startNats),
  async key_vault() {
    const server = await startKeyVault();
    return { server, variables: { KEY_VAULT_URL: server.url, KEY_VAULT_CA: server.caFile, ...server.env } };
  },
  toxiproxy: plain("TOXIPROXY_URL", startToxiproxy),
};

function plain(variable: string, start: () => Promise<Started>) {
  return async () => {
    const server = await start();
    return { server, variables: { [variable]: server.url } };
  };
}

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
for (const [name, start] of Object.entries(servers)) {
  if (!wanted.includes(name)) continue;
  const { server, variables } = await start();
  running.use(server);
  for (const [variable, value] of Object.entries(variables)) process.stdout.write(`${variable}=${value}\n`);
}
await stopped;
