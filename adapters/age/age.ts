import { Decrypter, Encrypter } from "age-encryption";

/** A file that was not encrypted to us, or is not as it was written. Says nothing of what is in it. */
export class NotOurs extends Error {
  override readonly name = "NotOurs";
}

/** Encrypts texts as they come, to each of the recipients (`age1…`). */
export async function encrypting(
  recipients: readonly string[],
  texts: AsyncIterable<string>,
): Promise<AsyncIterable<Uint8Array>> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return iterated(await encrypter.encrypt(streamOf(texts)));
}

/**
 * Decrypts by an identity (`AGE-SECRET-KEY-1…`). What comes out was written so by one who knew the recipient; whether it was cut
 * short shows at its end only.
 */
export async function* decrypting(identity: string, file: ReadableStream<Uint8Array>): AsyncGenerator<string> {
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

export function isRecipient(text: string): boolean {
  return accepts(() => new Encrypter().addRecipient(text));
}

export function isIdentity(text: string): boolean {
  return text.startsWith("AGE-SECRET-KEY-") && accepts(() => new Decrypter().addIdentity(text));
}

function refusalOf(error: unknown): string {
  return `${error}`.includes("no identity matched")
    ? "the file is encrypted to other keys than this one"
    : "the file is none of age's, or its beginning was changed or cut short";
}

function accepts(parse: () => void): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
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
