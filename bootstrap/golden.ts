/**
 * Golden files: of every form of every kind's state and events, one aggregate as the platform once recorded it. `npm run
 * golden` plays the demo and writes the files that are missing; one that is there has been released and stays as it is.
 *
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { allOf, type Journal, schemaOf } from "../ports/mod.ts";
import { playStory } from "./demo/story.ts";
import { startStand } from "./end_to_end/stand.ts";
import type { AnyStore } from "./rebuild.ts";

export type Golden = {
  readonly kind: string;
  readonly schema: number;
  readonly events: readonly { readonly type: string }[];
  readonly state: unknown;
};

const folder = join(import.meta.dir, "golden");

/** Where the golden file of a form is. */
export function goldenPath(kind: string, schema: number): string {
  return join(folder, `${kind}.${schema}.json`);
}

/** The aggregate with the most types of events, and of those the one with the fewest events. */
async function mostTelling(journal: Journal, { kind }: AnyStore): Promise<string | undefined> {
  const types = new Map<string, { readonly seen: Set<string>; count: number }>();
  for await (const { envelope } of allOf((place) => journal.read({ kind: kind.name, limit: 500, ...place }))) {
    const known = types.get(envelope.aggregate) ?? { seen: new Set<string>(), count: 0 };
    known.seen.add(envelope.event.type);
    known.count += 1;
    types.set(envelope.aggregate, known);
  }
  const [best] = [...types].sort(([, a], [, b]) => b.seen.size - a.seen.size || a.count - b.count);
  return best?.[0];
}

async function recorded(journal: Journal, store: AnyStore): Promise<Golden | undefined> {
  const aggregate = await mostTelling(journal, store);
  if (aggregate === undefined) return undefined;
  const { items } = await journal.read({ kind: store.kind.name, aggregate, limit: 500 });
  const events = items.map(({ envelope }) => envelope.event);
  const { state } = await store.load(aggregate);
  return { kind: store.kind.name, schema: schemaOf(store.kind), events, state };
}

async function main(): Promise<void> {
  await using stand = await startStand();
  const { chainUrl, contracts } = stand.development;
  await playStory({ url: stand.url, chainUrl, contracts });
  for (const { footing, stores } of Object.values(stand.platform().services)) {
    for (const store of stores) {
      const path = goldenPath(store.kind.name, schemaOf(store.kind));
      if (existsSync(path)) continue;
      const golden = await recorded(footing.stores.journal, store);
      if (!golden) {
        process.stderr.write(`The demo made no ${store.kind.name}: write its golden file by hand\n`);
        continue;
      }
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${JSON.stringify(golden, undefined, 2)}\n`);
    }
  }
}

if (import.meta.main) {
  await main();
  process.exit(0);
}
