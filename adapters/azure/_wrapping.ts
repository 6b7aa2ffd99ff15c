import { timingSafeEqual } from "node:crypto";
import type { CryptographyClient } from "@azure/keyvault-keys";
import { SealBroken, VaultEntryDisabled, VaultUnreachable } from "../../ports/mod.ts";
import { saysBadBytes } from "./_answers.ts";
import { createCache } from "./_cache.ts";
import { connect, isName, type KeyVaultConnection } from "./_connection.ts";
import type { Ask } from "./_patience.ts";

/** A key as one version of a key in Key Vault wrapped it; bytes as base64url. */
export type Wrapped = {
  readonly name: string;
  readonly version: string;
  readonly algorithm: "RSA-OAEP-256";
  readonly bytes: string;
};

type WrappingOptions = {
  readonly connection: KeyVaultConnection;
  /** The key's name. */
  readonly key: string;
  readonly ask: Ask;
  /** For how long the version that Key Vault called current is taken for it. */
  readonly trust: number;
  readonly now: () => number;
};

export type Wrapping = ReturnType<typeof createWrapping>;

const algorithm = "RSA-OAEP-256";

/** Wraps under the current version of a key that stays in Key Vault; unwraps by the version that wrapped. */
export function createWrapping({ connection, key, ask, trust, now }: WrappingOptions) {
  if (!isName(key)) throw new Error(`Cannot use Key Vault's key "${key}": that is no name of one`);
  const vault = connect(connection);
  const keys = vault.keys();
  const current = createCache<string>({ size: 1, age: trust }, now);
  const clients = new Map<string, CryptographyClient>();

  function clientOf(name: string, version: string): CryptographyClient {
    const id = `${name}/${version}`;
    const client = clients.get(id) ?? vault.version(name, version);
    clients.set(id, client);
    return client;
  }

  async function lookUp(): Promise<string> {
    const { properties } = await ask(`look up key "${key}"`, (abortSignal) => keys.getKey(key, { abortSignal }));
    const { version, enabled } = properties;
    if (!version || !isName(version))
      throw new VaultUnreachable(`Cannot look up key "${key}": it came without a version`);
    if (!enabled)
      throw new VaultEntryDisabled(`Cannot wrap by key "${key}": its current version ${version} is disabled`);
    return version;
  }

  async function unwrap(wrapped: Wrapped): Promise<Uint8Array<ArrayBuffer>> {
    const { name, version } = wrapped;
    const what = `unwrap by key "${name}", version ${version}`;
    if (!isName(name) || !isName(version) || wrapped.algorithm !== algorithm)
      throw new SealBroken("Cannot unwrap: key, version or algorithm are none of Key Vault's");
    const { result } = await ask(what, async (abortSignal) => {
      try {
        return await clientOf(name, version).unwrapKey(algorithm, Buffer.from(wrapped.bytes, "base64url"), {
          abortSignal,
        });
      } catch (error) {
        throw saysBadBytes(error) ? new SealBroken(`Cannot ${what}: these are not the bytes that it wrapped`) : error;
      }
    });
    const bytes = new Uint8Array(result);
    result.fill(0);
    return bytes;
  }

  return {
    /** The version to wrap by. `afresh`: asks Key Vault, whatever it said a while ago. */
    current(afresh = false): Promise<string> {
      if (afresh) current.forget(key);
      return current.get(key, lookUp);
    },

    /** Wraps, and unwraps again to see: Key Vault wraps by versions that it does not unwrap by, such as a disabled one. */
    async wrap(version: string, plain: Uint8Array): Promise<Wrapped> {
      const what = `wrap by key "${key}", version ${version}`;
      const { result } = await ask(what, (abortSignal) =>
        clientOf(key, version).wrapKey(algorithm, plain, { abortSignal }),
      );
      const wrapped: Wrapped = { name: key, version, algorithm, bytes: Buffer.from(result).toString("base64url") };
      const back = await unwrap(wrapped);
      const same = back.length === plain.length && timingSafeEqual(back, plain);
      back.fill(0);
      if (!same) throw new VaultUnreachable(`Cannot ${what}: what was wrapped unwraps to something else`);
      return wrapped;
    },

    unwrap,

    isBy: (wrapped: Wrapped, version: string): boolean => wrapped.name === key && wrapped.version === version,
  };
}
