import {
  constants,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import { join } from "node:path";
import { keepVersions } from "./_kept_versions.ts";

/** An answer of Key Vault: its status and its body. */
export type Answer = { readonly status: number; readonly body: object; readonly headers?: Record<string, string> };

type Attributes = { readonly enabled: boolean; readonly nbf?: number; readonly exp?: number };
type KeyVersion = { readonly version: string; readonly pem: string; readonly attributes: Attributes };
type SecretVersion = { readonly version: string; readonly value: string; readonly attributes: Attributes };
type Body = {
  readonly kty?: unknown;
  readonly key_size?: unknown;
  readonly alg?: unknown;
  readonly value?: unknown;
  readonly attributes?: Partial<Attributes>;
};

const enabled: Attributes = { enabled: true };
const operations = ["encrypt", "decrypt", "wrapKey", "unwrapKey"];
const keySizes: readonly unknown[] = [undefined, 2048, 3072, 4096];

export function refusal(status: number, code: string, message: string, innererror?: { readonly code: string }): Answer {
  return { status, body: { error: { code, message, ...(innererror && { innererror }) } } };
}

const badParameter = refusal(400, "BadParameter", "The parameter is incorrect.\r\n");
const methodNotAllowed = refusal(405, "MethodNotAllowed", "The method is not allowed.");
const notFound = (kind: "Key" | "Secret", name: string) =>
  refusal(404, `${kind}NotFound`, `A ${kind.toLowerCase()} with (name/id) ${name} was not found in this key vault.`);

/** Keys and secrets, which answer as Key Vault's do; kept in a folder where one is named. */
export function createEntries(origin: () => string, storage?: string) {
  const keys = keepVersions<KeyVersion>(storage && join(storage, "keys"));
  const secrets = keepVersions<SecretVersion>(storage && join(storage, "secrets"));

  function keyBundle(name: string, { version, pem, attributes }: KeyVersion): Answer {
    const { n, e } = createPublicKey(pem).export({ format: "jwk" });
    const kid = `${origin()}/keys/${name}/${version}`;
    return { status: 200, body: { key: { kid, kty: "RSA", key_ops: operations, n, e }, attributes } };
  }

  function secretBundle(name: string, { version, value, attributes }: SecretVersion): Answer {
    return { status: 200, body: { value, id: `${origin()}/secrets/${name}/${version}`, attributes } };
  }

  function wrapOrUnwrap(name: string, found: KeyVersion, operation: string, { alg, value }: Body): Answer {
    const { attributes, pem, version } = found;
    const refuse = (state: string, code: string) =>
      refusal(403, "Forbidden", `Operation ${operation} is not allowed on ${state} key.`, { code });
    // A disabled version still wraps, an expired one still unwraps.
    if (operation === "unwrapkey" && !attributes.enabled) return refuse("a disabled", "KeyDisabled");
    if (operation === "wrapkey" && (attributes.exp ?? Number.POSITIVE_INFINITY) < Date.now() / 1000)
      return refuse("an expired", "KeyExpired");
    const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
    try {
      if (alg !== "RSA-OAEP-256") return badParameter;
      const work = operation === "wrapkey" ? publicEncrypt : privateDecrypt;
      const result = work({ key: pem, ...padding }, Buffer.from(`${value}`, "base64url")).toString("base64url");
      return { status: 200, body: { kid: `${origin()}/keys/${name}/${version}`, value: result } };
    } catch {
      return badParameter;
    }
  }

  const entries = {
    /** Makes a key, or another version of it. */
    addKey(name: string, modulusLength = 2048, attributes = enabled): string {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength });
      const version = randomBytes(16).toString("hex");
      keys.put(name, { version, pem: `${privateKey.export({ type: "pkcs8", format: "pem" })}`, attributes });
      return version;
    },

    setKey(name: string, version: string, attributes: Partial<Attributes>): void {
      const found = keys.find(name, version);
      if (found) keys.put(name, { ...found, attributes: { ...found.attributes, ...attributes } });
    },

    removeKey: (name: string) => keys.remove(name),

    addSecret(name: string, value: string, attributes = enabled): void {
      secrets.put(name, { version: randomBytes(16).toString("hex"), value, attributes });
    },

    answer(method: string, path: string, text: string): Answer {
      const [kind, name = "", version, operation] = path.split("/").filter(Boolean);
      if (!/^[0-9a-zA-Z-]{1,127}$/.test(name)) return badParameter;
      let body: Body;
      try {
        body = text ? JSON.parse(text) : {};
      } catch {
        return badParameter;
      }
      if (kind === "keys") return answerKeys(method, name, version, operation, body);
      if (kind === "secrets") return answerSecrets(method, name, version, body);
      return methodNotAllowed;
    },
  };

  function answerKeys(method: string, name: string, version = "", operation = "", body: Body): Answer {
    if (method === "POST" && version === "create") {
      if (body.kty !== "RSA" || !keySizes.includes(body.key_size)) return badParameter;
      entries.addKey(name, Number(body.key_size ?? 2048), { ...enabled, ...body.attributes });
      return answerKeys("GET", name, "", "", {});
    }
    if (method === "PATCH") entries.setKey(name, version, body.attributes ?? {});
    const found = keys.find(name, version);
    if (!found) return notFound("Key", name);
    if ((method === "GET" && !operation) || method === "PATCH") return keyBundle(name, found);
    if (method !== "POST" || !["wrapkey", "unwrapkey"].includes(operation)) return methodNotAllowed;
    return wrapOrUnwrap(name, found, operation, body);
  }

  function answerSecrets(method: string, name: string, version = "", { value, attributes }: Body): Answer {
    if (method === "PUT") {
      if (typeof value !== "string" || version) return badParameter;
      entries.addSecret(name, value, { ...enabled, ...attributes });
    } else if (method !== "GET") return methodNotAllowed;
    const found = secrets.find(name, version);
    if (!found) return notFound("Secret", name);
    if (method === "GET" && !found.attributes.enabled) {
      const told = "Operation get is not allowed on a disabled secret.";
      return refusal(403, "Forbidden", told, { code: "SecretDisabled" });
    }
    return secretBundle(name, found);
  }

  return entries;
}
