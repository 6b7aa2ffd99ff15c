import type { RecordKind, RecordStore, Stored } from "../../ports/mod.ts";

/**
 * What a service knows of a stream that is its own: what it recorded is in it, and so is all that was acknowledged up to
 * `sequence`. Where `whole` is false some of that was lost, and is not yet in it again.
 */
export type Extent = { readonly stream: string; readonly sequence: number; readonly whole: boolean };

/** Lies in the service's own store: what NATS is compared with must not be lost together with it. */
export const extentKind: RecordKind<Extent> = { name: "bus_extent", indexes: [] };

export type Extents = ReturnType<typeof createExtents>;

/** What the replicas of a service note of its streams, by kind. */
export function createExtents(store: RecordStore<Extent>) {
  const seen = new Map<string, Stored<Extent>>();

  async function look(kind: string): Promise<Stored<Extent> | undefined> {
    const stored = await store.get(kind);
    if (stored) seen.set(kind, stored);
    else seen.delete(kind);
    return stored;
  }

  async function write(kind: string, value: Extent, revision: number): Promise<boolean> {
    const written = (await store.put(kind, value, revision)) === "written";
    if (written) seen.set(kind, { id: kind, revision: revision + 1, value });
    else seen.delete(kind);
    return written;
  }

  return {
    /** How far the stream is known to reach, as last seen. */
    reached: (kind: string) => seen.get(kind)?.value.sequence ?? 0,
    async get(kind: string): Promise<Extent | undefined> {
      return (await look(kind))?.value;
    },
    /** Notes that the stream reaches to here. False where by now it is another one, or lacks something. */
    async grow(kind: string, stream: string, sequence: number): Promise<boolean> {
      for (;;) {
        const stored = seen.get(kind) ?? (await look(kind));
        if (stored?.value.stream !== stream || !stored.value.whole) {
          seen.delete(kind);
          return false;
        }
        if (stored.value.sequence >= sequence) return true;
        if (await write(kind, { stream, sequence, whole: true }, stored.revision)) return true;
      }
    },
    /** Notes what was seen after what was noted: `see` looks again where another replica notes something meanwhile. */
    async set(kind: string, see: () => Promise<Extent>): Promise<void> {
      for (;;) {
        const stored = await look(kind);
        if (await write(kind, await see(), stored?.revision ?? 0)) return;
      }
    },
  };
}
