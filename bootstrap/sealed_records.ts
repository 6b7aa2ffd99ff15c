import { seedKind } from "../adapters/custody/mod.ts";
import { signingKeysKind } from "../adapters/tokens/mod.ts";
import type { Stores } from "../ports/adapting.ts";
import { allOf, type RecordStore, type Sealed, type SealedKind, type Stored, type Vault } from "../ports/mod.ts";
import { serviceNames } from "./service_names.ts";
import { signingKeyOf } from "./witness.ts";

/** Records of one kind, each with something in it that the vault sealed. */
export type SealedRecords = {
  /** What they are, for people. */
  readonly what: string;
  /** By which key the first one is sealed; undefined where there is none. */
  sample(): Promise<string | undefined>;
  /** How many seals there are of each key. */
  count(): Promise<ReadonlyMap<string, number>>;
  /** Seals anew, under the vault's newest key, what `current` did not seal; answers how many records. Others may write meanwhile. */
  reseal(vault: Vault, current: string): Promise<number>;
};

/** All that an embedded platform's vault seals: a kind that is missing here would be lost with the next key. */
export function sealedRecords(storesOf: (service: string) => Stores): readonly SealedRecords[] {
  return [
    recordsOf("wallets' seeds", storesOf("wallet"), seedKind),
    recordsOf("keys of access tokens", storesOf("user"), signingKeysKind),
    ...serviceNames.map((name) => recordsOf(`the journal key of ${name}`, storesOf(name), signingKeyOf(name))),
  ];
}

function recordsOf<Value>(what: string, { records }: Stores, kind: SealedKind<Value>): SealedRecords {
  const store: RecordStore<Value> = records(kind);

  const all = () => allOf((place) => store.find({ where: {}, limit: 200, ...place }));

  return {
    what,
    async sample() {
      const { items } = await store.find({ where: {}, limit: 1 });
      const [first] = items;
      return first && (await keysOf(kind, first)).at(0);
    },
    async count() {
      const counts = new Map<string, number>();
      for await (const record of all())
        for (const key of await keysOf(kind, record)) counts.set(key, (counts.get(key) ?? 0) + 1);
      return counts;
    },
    async reseal(vault, current) {
      let resealed = 0;
      for await (const record of all()) {
        if ((await keysOf(kind, record)).every((key) => key === current)) continue;
        const value = await kind.resealed(record, async (purpose, sealed) => {
          const plain = await vault.open(purpose, sealed);
          const again = await vault.seal(purpose, plain);
          plain.fill(0);
          return again;
        });
        // "conflict": someone else wrote it; the count shows what is left.
        if ((await store.put(record.id, value, record.revision)) === "written") resealed++;
      }
      return resealed;
    },
  };
}

async function keysOf<Value>(kind: SealedKind<Value>, record: Stored<Value>): Promise<readonly string[]> {
  const keys: string[] = [];
  await kind.resealed(record, async (_purpose, sealed: Sealed) => {
    keys.push(sealed.key);
    return sealed;
  });
  return keys;
}
