import { seedKind } from "../adapters/custody/mod.ts";
import { signingKeysKind } from "../adapters/tokens/mod.ts";
import type { Stores } from "../ports/adapting.ts";
import type { RecordStore, Sealed, SealedKind, Stored } from "../ports/mod.ts";
import { serviceNames } from "./service_names.ts";
import { signingKeyOf } from "./witness.ts";

/** Records of one kind, each with something in it that the vault sealed. */
export type SealedRecords = {
  /** What they are, for people. */
  readonly what: string;
  /** By which key the first one is sealed; undefined where there is none. */
  sample(): Promise<string | undefined>;
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
  return {
    what,
    async sample() {
      const { items } = await store.find({ where: {}, limit: 1 });
      const [first] = items;
      return first && (await keysOf(kind, first)).at(0);
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
