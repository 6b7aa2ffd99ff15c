import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { SealBroken, type Vault } from "../../ports/mod.ts";
import { type KeyRing, makeKeys, missing, readKeys } from "./_key_file.ts";

type LocalVaultOptions = {
  /** The key file. */
  readonly path: string;
  /** Whether something has been sealed before: then a missing key file is a loss, and no new key is made over it. */
  readonly inUse?: () => Promise<boolean>;
};

const algorithm = "aes-256-gcm";
const nonceLength = 12;
const tagLength = 16;

/**
 * A vault in a file of this machine, for development and small deployments: AES-256-GCM, the purpose as associated data, the
 * tag behind the ciphertext. The first `seal` makes the file; `open` never does.
 */
export function createLocalVault({ path, inUse = async () => false }: LocalVaultOptions): Vault {
  let known: KeyRing | undefined;

  async function sealingKey(): Promise<readonly [id: string, key: Buffer]> {
    known ??= await readKeys(path);
    if (!known && (await inUse())) throw missing(path);
    known ??= await makeKeys(path);
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
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength });
      cipher.setAAD(Buffer.from(purpose));
      const ciphertext = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return { key: id, nonce: nonce.toString("base64url"), ciphertext: ciphertext.toString("base64url") };
    },

    async open(purpose, sealed) {
      const key = await openingKey(sealed.key);
      const nonce = Buffer.from(sealed.nonce, "base64url");
      const bytes = Buffer.from(sealed.ciphertext, "base64url");
      if (nonce.length !== nonceLength || bytes.length < tagLength) throw broken(purpose);
      const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagLength });
      decipher.setAAD(Buffer.from(purpose));
      decipher.setAuthTag(bytes.subarray(-tagLength));
      const plain = decipher.update(bytes.subarray(0, -tagLength));
      try {
        decipher.final();
      } catch {
        plain.fill(0);
        throw broken(purpose);
      }
      return plain;
    },
  };
}

function broken(purpose: string): SealBroken {
  return new SealBroken(`Cannot open the seal of "${purpose}": purpose, key or bytes are not those that were sealed`);
}
