/** Reads what a node answered; throws where it is not of the form that the method gives. */
export type Reader<Result> = (answer: unknown) => Result;

export const text: Reader<string> = (answer) => (typeof answer === "string" ? answer : malformed("text"));

/** Bytes (Ethereum JSON-RPC: "unformatted data"). */
export const bytes = matching(/^0x([0-9a-f]{2})*$/i, "bytes");
export const word = matching(/^0x[0-9a-f]{64}$/i, "32 bytes");
export const address = matching(/^0x[0-9a-f]{40}$/i, "an address");

const hexNumber = matching(/^0x[0-9a-f]{1,64}$/i, "a quantity");

/** A JSON-RPC quantity of up to 32 bytes. */
export const quantity: Reader<bigint> = (answer) => BigInt(hexNumber(answer));

/** A quantity that counts something: a block's number, a nonce, a time. */
export const count: Reader<number> = (answer) => {
  const number = Number(quantity(answer));
  return Number.isSafeInteger(number) ? number : malformed("a number that anything could have");
};

/** Null says that there is no such thing. */
export function orNull<Result>(read: Reader<Result>): Reader<Result | null> {
  return (answer) => (answer === null ? null : read(answer));
}

/** A part that nodes leave out, or give as null. */
export function maybe<Result>(read: Reader<Result>): Reader<Result | undefined> {
  return (answer) => (answer === undefined || answer === null ? undefined : read(answer));
}

/** Undefined where the answer has another form: for methods that some nodes have in a way of their own. */
export function ifReadable<Result>(read: Reader<Result>): Reader<Result | undefined> {
  return (answer) => {
    try {
      return read(answer);
    } catch {
      return undefined;
    }
  };
}

export function listOf<Item>(read: Reader<Item>): Reader<readonly Item[]> {
  return (answer) => (Array.isArray(answer) ? answer.map(read) : malformed("a list"));
}

type Fields = Readonly<Record<string, Reader<unknown>>>;
type RecordOf<Of extends Fields> = { readonly [Name in keyof Of]: ReturnType<Of[Name]> };

/** A record with these fields; others are left out. */
export function recordOf<Of extends Fields>(fields: Of): Reader<RecordOf<Of>> {
  const readers = Object.entries(fields);
  return (answer) => {
    const found = recordIn(answer);
    return Object.fromEntries(readers.map(([name, read]) => [name, read(found[name])])) as RecordOf<Of>;
  };
}

/** Values by addresses, which come in lower case. */
export function byAddress<Value>(read: Reader<Value>): Reader<ReadonlyMap<string, Value>> {
  return (answer) => {
    const entries = Object.entries(recordIn(answer));
    return new Map(entries.map(([key, value]) => [address(key).toLowerCase(), read(value)]));
  };
}

function recordIn(answer: unknown): Readonly<Record<string, unknown>> {
  if (typeof answer !== "object" || answer === null) return malformed("a record");
  return answer as Readonly<Record<string, unknown>>;
}

function matching(pattern: RegExp, what: string): Reader<string> {
  return (answer) => (typeof answer === "string" && pattern.test(answer) ? answer : malformed(what));
}

function malformed(what: string): never {
  throw new Error(`Its answer is not ${what} where that belongs`);
}
