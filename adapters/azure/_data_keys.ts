import { createHash, randomBytes } from "node:crypto";
import {
  allOf,
  Fault,
  type RecordKind,
  type RecordStore,
  SealBroken,
  type Stored,
  StoreUnreachable,
  VaultEntryAbsent,
  VaultEntryDisabled,
} from "../../ports/mod.ts";
import { type CacheLimits, createCache } from "./_cache.ts";
import { importKey } from "./_sealing.ts";
import type { Wrapped, Wrapping } from "./_wrapping.ts";

/** A key that seals for some purposes and for a time, wrapped; `check` tells whether what was unwrapped is it. */
export type DataKey = { readonly wrapped: Wrapped; readonly check: string };

export const dataKeyKind: RecordKind<DataKey> = { name: "data_key", indexes: [] };

/** `stuck` are the data keys that can't be unwrapped any more, or not by us: what they sealed stays closed. */
export type Rewrapped = { readonly rewrapped: number; readonly stuck: readonly string[] };

type DataKeysOptions = {
  readonly store: RecordStore<DataKey>;
  readonly wrapping: Wrapping;
  readonly cache: CacheLimits;
  readonly shards: number;
  readonly period: number;
  readonly now: () => number;
};

const keyLength = 32;
const pageSize = 50;

export function createDataKeys({ store, wrapping, cache, shards, period, now }: DataKeysOptions) {
  const keys = createCache<CryptoKey>(cache, now);

  /** All who seal for a shard in one period under one version come to the same id: whoever is first makes its key. */
  function idFor(purpose: string, version: string): string {
    const shard = createHash("sha256").update(purpose).digest().readUInt32BE() % shards;
    return `${version}.${Math.floor(now() / period)}.${shard}`;
  }

  async function sealingBy(purpose: string, version: string): Promise<readonly [id: string, key: CryptoKey]> {
    const id = idFor(purpose, version);
    const key = await keys.get(id, async () => {
      const known = await store.get(id);
      return known ? await importKey(await unwrap(known)) : await make(id, version);
    });
    return [id, key];
  }

  async function make(id: string, version: string): Promise<CryptoKey> {
    const bytes = new Uint8Array(randomBytes(keyLength));
    try {
      const wrapped = await wrapping.wrap(version, bytes);
      if ((await store.put(id, { wrapped, check: checkOf(id, bytes) }, 0)) === "written") return await importKey(bytes);
    } finally {
      bytes.fill(0);
    }
    const theirs = await store.get(id);
    if (!theirs) throw new StoreUnreachable(`Cannot read data key "${id}": it was there a moment ago`);
    return await importKey(await unwrap(theirs));
  }

  async function unwrap(record: Stored<DataKey>): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await unwrapStored(record);
    if (bytes.length === keyLength && checkOf(record.id, bytes) === record.value.check) return bytes;
    bytes.fill(0);
    throw new SealBroken(`Cannot unwrap data key "${record.id}": what came out is not the key that was wrapped`);
  }

  /** A version may go once all is re-wrapped: who read the record before that looks again. */
  async function unwrapStored(record: Stored<DataKey>): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return await wrapping.unwrap(record.value.wrapped);
    } catch (error) {
      if (!isOutOfUse(error)) throw error;
      const again = await store.get(record.id);
      if (!again || again.revision === record.revision) throw error;
      return await unwrapStored(again);
    }
  }

  /** Undefined where it can't be unwrapped, now or later. */
  async function unwrapIfAtAll(record: Stored<DataKey>): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return await unwrap(record);
    } catch (error) {
      if (error instanceof Fault && !error.retryable) return undefined;
      throw error;
    }
  }

  async function rewrapOne(record: Stored<DataKey>, version: string): Promise<"written" | "conflict" | "stuck"> {
    const bytes = await unwrapIfAtAll(record);
    if (!bytes) return "stuck";
    try {
      const value = { ...record.value, wrapped: await wrapping.wrap(version, bytes) };
      return await store.put(record.id, value, record.revision);
    } finally {
      bytes.fill(0);
    }
  }

  return {
    async sealing(purpose: string): Promise<readonly [id: string, key: CryptoKey]> {
      const version = await wrapping.current();
      try {
        return await sealingBy(purpose, version);
      } catch (error) {
        if (!isOutOfUse(error)) throw error;
        // The version may have been followed by another since it was looked up.
        const next = await wrapping.current(true);
        if (next === version) throw error;
        return await sealingBy(purpose, next);
      }
    },

    opening(id: string): Promise<CryptoKey> {
      return keys.get(id, async () => {
        const known = await store.get(id);
        if (!known) throw new SealBroken(`Cannot open a seal: there is no data key "${id}"`);
        return await importKey(await unwrap(known));
      });
    },

    async rewrap(signal?: AbortSignal): Promise<Rewrapped> {
      const version = await wrapping.current(true);
      const stuck: string[] = [];
      let rewrapped = 0;
      for await (const record of allOf((place) => store.find({ where: {}, limit: pageSize, ...place }))) {
        signal?.throwIfAborted();
        if (wrapping.isBy(record.value.wrapped, version)) continue;
        const outcome = await rewrapOne(record, version);
        if (outcome === "written") rewrapped++;
        if (outcome === "stuck") stuck.push(record.id);
      }
      return { rewrapped, stuck };
    },
  };
}

function isOutOfUse(error: unknown): boolean {
  return error instanceof VaultEntryDisabled || error instanceof VaultEntryAbsent;
}

/** Of 256 random bits a digest tells nothing. The id is in it, so that no record passes for another. */
function checkOf(id: string, bytes: Uint8Array): string {
  return createHash("sha256").update(`${id}\n`).update(bytes).digest("base64url");
}
