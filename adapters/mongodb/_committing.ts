/**
 * A process that commits on and on and carries nothing, to be killed at any moment. It tells what was acknowledged.
 *
 * @module
 */
import { transact, transactTogether } from "../../ports/mod.ts";
import { cause, clock, noted, notesKind } from "./_notes.ts";
import { createStores, openDatabase } from "./mod.ts";

const [url = "", name = ""] = Bun.argv.slice(2);
const stores = createStores(openDatabase({ url, name }), clock);
const store = stores.open(notesKind);

for (let n = 0; ; n++) {
  const commits = Array.from({ length: 8 }, async (_, lane) => {
    const [id, text] = [`a${lane}`, `${n}/${lane}`];
    const event = { type: "Noted", text } as const;
    const together = { one: { store, id }, other: { store, id: `b${lane}` } };
    if (lane % 4 === 0)
      await transactTogether(together, cause, () => ({ ok: true, events: { one: [event], other: [event] } }));
    else await transact(store, id, cause, () => noted(text));
    process.stdout.write(`${text}\n`);
  });
  await Promise.all(commits);
}
