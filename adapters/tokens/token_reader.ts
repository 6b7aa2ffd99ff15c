import { isDeepStrictEqual } from "node:util";
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from "jose";
import type { AccessTokens, PublicKey } from "../../domains/user/mod.ts";
import type { Log, RecordKind, RecordStore } from "../../ports/mod.ts";
import { createReading, type ReadingOptions } from "./_reading.ts";

type KeySet = { readonly keys: readonly PublicKey[] };

/** The keys as they were fetched last: kept for a start while their issuer is down. */
export const keySetKind: RecordKind<KeySet> = { name: "key_set", indexes: [] };

type TokenReaderOptions = ReadingOptions & {
  /** Asks the issuer for the keys whose tokens are good now. */
  readonly fetchKeys: () => Promise<readonly PublicKey[]>;
  readonly kept: RecordStore<KeySet>;
  readonly log: Log;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
};

const name = "access-tokens";
/** A key that is unknown is asked for at most this often: who makes key ids up causes no more. */
const betweenFetches = 30_000;
const freshFor = 5 * 60_000;

/**
 * Verifies access tokens with keys of their issuer: fetched when they are needed first, again every five minutes and when a
 * token names one that is unknown, and used on while the issuer can't be asked. Rejects while no keys could be had at all.
 */
export function createTokenReader(options: TokenReaderOptions): Pick<AccessTokens, "read"> {
  const { fetchKeys, kept, log, now = () => performance.now() } = options;
  let known: { readonly keys: readonly PublicKey[]; readonly find: JWTVerifyGetKey } | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  function use(keys: readonly PublicKey[]): void {
    if (known && !isDeepStrictEqual(known.keys, keys)) reading.forget();
    known = { keys, find: createLocalJWKSet({ keys: [...keys] }) };
  }

  async function fetchAndKeep(): Promise<void> {
    triedAt = now();
    const keys = await fetchKeys();
    const stored = await kept.get(name);
    if (!isDeepStrictEqual(stored?.value.keys, keys)) await kept.put(name, { keys }, stored?.revision ?? 0);
    use(keys);
  }

  function fetchOnce(): Promise<void> {
    fetching ??= fetchAndKeep().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  async function first(): Promise<void> {
    try {
      await fetchOnce();
    } catch (error) {
      const stored = await kept.get(name);
      if (!stored) throw error;
      log("Cannot fetch the keys of access tokens: those of the last time are used", { error });
      use(stored.value.keys);
    }
  }

  const find: JWTVerifyGetKey = async (header, token) => {
    if (!known) await first();
    else if (now() - triedAt > freshFor) {
      fetchOnce().catch((error) => log("Cannot fetch the keys of access tokens", { error }));
    }
    const found = known as NonNullable<typeof known>;
    try {
      return await found.find(header, token);
    } catch (error) {
      const worthIt = error instanceof errors.JWKSNoMatchingKey && now() - triedAt > betweenFetches;
      if (!worthIt) throw error;
      await fetchOnce().catch((error) => log("Cannot fetch the keys of access tokens", { error }));
      return await (known as NonNullable<typeof known>).find(header, token);
    }
  };

  const reading = createReading(find, options);
  return { read: reading.read };
}
