import type { RecordStore, Vault } from "../../ports/mod.ts";
import type { CacheLimits } from "./_cache.ts";
import type { KeyVaultConnection } from "./_connection.ts";
import { createDataKeys, type DataKey, type Rewrapped } from "./_data_keys.ts";
import { createAsk, type Patience, usual } from "./_patience.ts";
import { openWith, sealWith } from "./_sealing.ts";
import { createWrapping } from "./_wrapping.ts";

export type KeyVaultOptions = {
  readonly connection: KeyVaultConnection;
  /** The name of the RSA key in Key Vault that wraps. Our identity needs `get`, `wrapKey` and `unwrapKey` on it. */
  readonly key: string;
  /** Where wrapped data keys are kept: of the kind `dataKeyKind`. */
  readonly dataKeys: RecordStore<DataKey>;
  /** How many data keys seal at a time; the purpose decides which. */
  readonly shards?: number;
  /** For how long a data key seals, in milliseconds. It opens for ever. */
  readonly period?: number;
  /** How many unwrapped data keys are held, and for how long: so long does a key act on that was disabled in Key Vault. */
  readonly cache?: CacheLimits;
  readonly patience?: Patience;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
};

export type KeyVault = Vault & {
  /**
   * Wraps anew, by the key's current version, what an earlier version wrapped; page by page, while others seal and open. Once
   * none is left the earlier version can be disabled. Can be called as often and by as many as may be.
   */
  rewrap(signal?: AbortSignal): Promise<Rewrapped>;
};

const day = 24 * 60 * 60 * 1_000;

/**
 * A vault over Azure Key Vault by envelope encryption: AES-256-GCM under data keys, which a key wraps (RSA-OAEP-256) that never
 * leaves Key Vault. Only a data key that is not held costs calls to Key Vault, never what is sealed or opened under it. Data
 * keys stay bound to the version that wrapped them; a new version wraps the next ones, and `rewrap` takes the old ones along.
 */
export function createKeyVault(options: KeyVaultOptions): KeyVault {
  const { connection, key, dataKeys, shards = 4, period = 30 * day } = options;
  const { cache = { size: 256, age: 15 * 60 * 1_000 }, patience = usual, now = Date.now } = options;
  const ask = createAsk(patience, now);
  const wrapping = createWrapping({ connection, key, ask, trust: cache.age, now });
  const { sealing, opening, rewrap } = createDataKeys({ store: dataKeys, wrapping, cache, shards, period, now });
  return {
    async seal(purpose, plain) {
      const [id, key] = await sealing(purpose);
      return { key: id, ...(await sealWith(key, purpose, plain)) };
    },
    async open(purpose, sealed) {
      return await openWith(await opening(sealed.key), purpose, sealed);
    },
    rewrap,
  };
}
