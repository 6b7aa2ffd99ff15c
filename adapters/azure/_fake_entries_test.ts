import {
  constants,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from "node:crypto";

/** An answer of Key Vault: its status and its body. */
export type Answer = { readonly status: number; readonly body: object; readonly headers?: Record<string, string> };

type Attributes = { enabled: boolean; nbf?: number; exp?: number };
type KeyVersion = { readonly version: string; readonly key: KeyObject; readonly attributes: Attributes };
type SecretVersion = { readonly version: string; readonly value: string; readonly attributes: Attributes };

export function refusal(status: number, code: string, message: string, innererror?: { readonly code: string }): Answer {
  return { status, body: { error: { code, message, ...(innererror && { innererror }) } } };
}

/** Keys and secrets by name, each with its versions, the current one last; they answer as Key Vault does. */
export function createEntries(origin: () => string) {
  const keys = new Map<string, KeyVersion[]>();
  const secrets = new Map<string, SecretVersion[]>();

  function find<Version extends { readonly version: string }>(
    entries: ReadonlyMap<string, readonly Version[]>,
    kind: "Key" | "Secret",
    name: string,
    version: string | undefined,
  ): Version | Answer {
    const versions = entries.get(name) ?? [];
    const found = version ? versions.find((each) => each.version === version) : versions.at(-1);
    const told = `A ${kind.toLowerCase()} with (name/id) ${name} was not found in this key vault.`;
    return found ?? refusal(404, `${kind}NotFound`, told);
  }

  function bundle(name: string, { version, key, attributes }: KeyVersion): Answer {
    const { n, e } = key.export({ format: "jwk" });
    const kid = `${origin()}/keys/${name}/${version}`;
    const operations = ["encrypt", "decrypt", "wrapKey", "unwrapKey"];
    return {
      status: 200,
      body: { key: { kid, kty: "RSA", key_ops: operations, n, e }, attributes: { ...attributes } },
    };
  }

  function wrapOrUnwrap(
    name: string,
    found: KeyVersion,
    operation: string,
    body: { alg: string; value: string },
  ): Answer {
    const { attributes, key, version } = found;
    const refuse = (state: string, code: string) =>
      refusal(403, "Forbidden", `Operation ${operation} is not allowed on ${state} key.`, { code });
    // A disabled version still wraps, an expired one still unwraps.
    if (operation === "unwrapkey" && !attributes.enabled) return refuse("a disabled", "KeyDisabled");
    if (operation === "wrapkey" && (attributes.exp ?? Number.POSITIVE_INFINITY) < Date.now() / 1000)
      return refuse("an expired", "KeyExpired");
    const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
    const input = Buffer.from(body.value, "base64url");
    try {
      if (body.alg !== "RSA-OAEP-256") throw new Error();
      const work = operation === "wrapkey" ? publicEncrypt : privateDecrypt;
      const value = work({ key, ...padding }, input).toString("base64url");
      return { status: 200, body: { kid: `${origin()}/keys/${name}/${version}`, value } };
    } catch {
      return refusal(400, "BadParameter", "The parameter is incorrect.\r\n");
    }
  }

  const entries = {
    /** Makes a key, or another version of it. */
    addKey(name: string): string {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const version = randomBytes(16).toString("hex");
      const made = { version, key: privateKey, attributes: { enabled: true } };
      keys.set(name, [...(keys.get(name) ?? []), made]);
      return version;
    },

    setKey(name: string, version: string, attributes: Partial<Attributes>): void {
      Object.assign(keys.get(name)?.find((each) => each.version === version)?.attributes ?? {}, attributes);
    },

    removeKey: (name: string) => keys.delete(name),

    addSecret(name: string, value: string, attributes: Attributes = { enabled: true }): void {
      const made = { version: randomBytes(16).toString("hex"), value, attributes };
      secrets.set(name, [...(secrets.get(name) ?? []), made]);
    },

    answer(method: string, path: string, text: string): Answer {
      const [kind, name = "", version, operation] = path.split("/").filter(Boolean);
      const body = text ? JSON.parse(text) : {};
      if (kind === "keys" && method === "POST" && version === "create") {
        entries.addKey(name);
        return entries.answer("GET", `/keys/${name}`, "");
      }
      if (kind === "keys") {
        const found = find(keys, "Key", name, version);
        if ("status" in found) return found;
        if (method === "GET" && !operation) return bundle(name, found);
        if (method === "PATCH") {
          Object.assign(found.attributes, body.attributes);
          return bundle(name, found);
        }
        if (method === "POST" && (operation === "wrapkey" || operation === "unwrapkey"))
          return wrapOrUnwrap(name, found, operation, body);
      }
      if (kind === "secrets" && method === "GET") {
        const found = find(secrets, "Secret", name, version);
        if ("status" in found) return found;
        const { attributes, value } = found;
        if (!attributes.enabled)
          return refusal(403, "Forbidden", "Operation get is not allowed on a disabled secret.", {
            code: "SecretDisabled",
          });
        return { status: 200, body: { value, id: `${origin()}/secrets/${name}/${found.version}`, attributes } };
      }
      return refusal(405, "MethodNotAllowed", "The method is not allowed.");
    },
  };
  return entries;
}
