/**
 * Measures what the architecture promises, and prints it: ratios where another machine would give other figures.
 *
 * @module
 */
import { lines, met } from "./_report.ts";
import { boot } from "./boot.ts";
import { broker } from "./broker.ts";
import { commits } from "./commits.ts";
import { gateway } from "./gateway.ts";
import { http } from "./http.ts";
import { mongodb } from "./mongodb.ts";
import { reactions } from "./reactions.ts";
import { scale } from "./scale.ts";
import { services } from "./services.ts";
import { wallets } from "./wallets.ts";

const benches = { http, commits, reactions, broker, mongodb, gateway, scale, boot, services, wallets };

const wanted = Bun.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(
    `There is no bench ${unknown.join(", ")}: name some of ${Object.keys(benches).join(", ")}, or none for all`,
  );
  process.exit(2);
}
// What a bench has started and written goes with the process, however it ends.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

let missed = 0;
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const figure of await bench()) {
    for (const line of lines(figure)) console.log(line);
    if (!met(figure)) missed++;
  }
}
console.log(missed === 0 ? "\nEvery goal is met" : `\n${missed} goals are missed`);
