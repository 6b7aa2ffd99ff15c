import { bech32 } from "@scure/base";

/** Every process reads the configuration; only who backs up or restores needs the cipher, which is large. */
const loaded = () => import("age-encryption");

/** A file that was not encrypted to us, or is not as it was written. Says nothing of what is in it. */
export class NotOurs extends Error {
  override readonly name = "NotOurs";
}

/** Encrypts texts as they come, to each of the recipients (`age1…`). */
export async function encrypting(
  recipients: readonly string[],
  texts: AsyncIterable<string>,
): Promise<AsyncIterable<Uint8Array>> {
  const { Encrypter } = await loaded();
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return iterated(await encrypter.encrypt(streamOf(texts)));
}

/**
 * Decrypts by an identity (`AGE-SECRET-KEY-1…`). What comes out was written so by one who knew the recipient; whether it was cut
 * short shows at its end only.
 */
export async function* decrypting(identity: string, file: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const { Decrypter } = await loaded();
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const text = new TextDecoder("utf-8", { fatal: true });
  const plain = await decrypter.decrypt(file).catch((error) => {
    throw new NotOurs(refusalOf(error));
  });
  try {
    for await (const bytes of iterated(plain)) yield text.decode(bytes, { stream: true });
  } catch {
    throw new NotOurs("the file was changed or cut short");
  }
}

/** A public key of age: X25519 (`age1…`) or hybrid (`age1pq1…`). */
export function isRecipient(text: string): boolean {
  return text === text.toLowerCase() && isKey(text, { age: 32, age1pq: 1_216 });
}

/** The private key of one: `AGE-SECRET-KEY-1…` or `AGE-SECRET-KEY-PQ-1…`. */
export function isIdentity(text: string): boolean {
  return text === text.toUpperCase() && isKey(text, { "age-secret-key-": 32, "age-secret-key-pq-": 32 });
}

/** Bech32 (BIP-173) of any length; `lengths` has the keys' bytes by what they begin with. */
function isKey(text: string, lengths: Readonly<Record<string, number>>): boolean {
  const key = bech32.decodeUnsafe(text, false);
  const bytes = key && bech32.fromWordsUnsafe(key.words);
  return bytes ? bytes.length === lengths[key.prefix] : false;
}

function refusalOf(error: unknown): string {
  return `${error}`.includes("no identity matched")
    ? "the file is encrypted to other keys than this one"
    : "the file is none of age's, or its beginning was changed or cut short";
}

function streamOf(texts: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const source = texts[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  });
}

async function* iterated(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}
