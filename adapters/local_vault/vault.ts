import { SealBroken, type Vault } from "../../ports/mod.ts";
import { changeKeys, type KeyRing, makeKeys, missing, readKeys, withNewKey } from "./_key_file.ts";
import { openWith, sealWith } from "./_sealing.ts";

type LocalVaultOptions = {
  /** The key file. */
  readonly path: string;
  /** Whether something has been sealed before: then a missing key file is a loss, and no new key is made over it. */
  readonly inUse?: () => Promise<boolean>;
};

export type LocalVault = Vault & {
  /** The ids of the keys in the file as it is now, the one that seals first; none where there is no file. */
  keys(): Promise<readonly string[]>;
  /** Adds a key that seals from now on, in every process within a second; the others still open. */
  rotate(): Promise<void>;
  /** Drops all keys but the one that seals: what they sealed is closed for good. Ask first what still is. */
  retire(): Promise<void>;
};

/** For how long a process seals by what it read from the file, in milliseconds. */
const trust = 1_000;

/**
 * A vault in a file of this machine, for development and small deployments: AES-256-GCM, the purpose as associated data, the
 * tag behind the ciphertext. The first `seal` makes the file; `open` never does.
 */
export function createLocalVault({ path, inUse = async () => false }: LocalVaultOptions): LocalVault {
  let known: KeyRing | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  async function sealingKey(): Promise<readonly [id: string, key: Buffer]> {
    if (!known || performance.now() - readAt > trust) {
      const ring = await readKeys(path);
      if (!ring && (known || (await inUse()))) throw missing(path);
      known = ring ?? (await makeKeys(path));
      readAt = performance.now();
    }
    return [known.current, known.keys.get(known.current) as Buffer];
  }

  async function openingKey(id: string): Promise<Buffer> {
    // Another process may have added a key since the file was read.
    if (!known?.keys.has(id)) known = await readKeys(path);
    if (!known) throw missing(path);
    const key = known.keys.get(id);
    if (!key) throw new SealBroken(`Cannot open a seal: key file "${path}" has no key "${id}"`);
    return key;
  }

  return {
    async seal(purpose, plain) {
      const [id, key] = await sealingKey();
      return sealWith(id, key, purpose, plain);
    },
    open: async (purpose, sealed) => openWith(await openingKey(sealed.key), purpose, sealed),
    async rotate() {
      known = await changeKeys(path, ({ keys }) => withNewKey(keys));
    },
    async retire() {
      known = await changeKeys(path, ({ current, keys }) => ({
        current,
        keys: new Map([...keys].filter(([id]) => id === current)),
      }));
    },
    async keys() {
      const ring = await readKeys(path);
      if (!ring) return [];
      return [ring.current, ...[...ring.keys.keys()].filter((id) => id !== ring.current)];
    },
  };
}
