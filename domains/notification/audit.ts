/**
 * The audit trail: the journals of all services as one list, newest first.
 *
 * @module
 */
import { BadCursor, type Entry, type Page } from "../../ports/mod.ts";
import type { Instant, UserId } from "../shared/mod.ts";

/** An entry of a journal, as auditors see it. */
export type AuditEntry = {
  /** `<kind>/<aggregate>/<revision>`. */
  readonly id: string;
  readonly service: string;
  readonly kind: string;
  readonly aggregate: string;
  readonly revision: number;
  readonly at: Instant;
  readonly actor: UserId;
  readonly correlation: string;
  /** The id of the event that asked for it, if one did. */
  readonly cause?: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly hash: string;
};

/** Where a list goes on in one journal: behind an entry, or with it. A journal without a place is read to its end. */
export type Place = { readonly after: string } | { readonly startingAt: string };
export type Places = Readonly<Record<string, Place>>;

/** What one journal has from its place on, newest first. */
export type Lane = { readonly service: string; readonly page: Page<Entry> };

/** The newest of all lanes, and the places where the next page goes on. Each lane has `limit` entries, or all. */
export function mergeLanes(
  lanes: readonly Lane[],
  limit: number,
): { readonly items: readonly AuditEntry[]; readonly places: Places } {
  const taken = new Map(lanes.map(({ service }) => [service, 0]));
  const head = ({ service, page }: Lane) => page.items[taken.get(service) ?? 0];
  const items: AuditEntry[] = [];
  while (items.length < limit) {
    let newest: { readonly lane: Lane; readonly entry: Entry } | undefined;
    for (const lane of lanes) {
      const entry = head(lane);
      if (entry && (!newest || entry.envelope.at > newest.entry.envelope.at)) newest = { lane, entry };
    }
    if (!newest) break;
    const { service } = newest.lane;
    items.push(auditEntry(service, newest.entry));
    taken.set(service, (taken.get(service) ?? 0) + 1);
  }
  const places = lanes.flatMap((lane): (readonly [string, Place])[] => {
    const next = head(lane);
    if (next) return [[lane.service, { startingAt: next.cursor }]];
    return lane.page.next === undefined ? [] : [[lane.service, { after: lane.page.next }]];
  });
  return { items, places: Object.fromEntries(places) };
}

/** `user.with.<cursor>~wallet.after.<cursor>`; undefined where no journal has more. */
export function writePlaces(places: Places): string | undefined {
  const parts = Object.entries(places).map(([service, place]) =>
    "after" in place ? `${service}.after.${place.after}` : `${service}.with.${place.startingAt}`,
  );
  return parts.length > 0 ? parts.join("~") : undefined;
}

/** Reads what writePlaces() wrote. Throws `BadCursor` for all else. */
export function readPlaces(cursor: string, services: readonly string[]): Places {
  return Object.fromEntries(
    cursor.split("~").map((part) => {
      const [, service = "", side, position = ""] = /^([a-z]+)\.(after|with)\.([\w-]+)$/.exec(part) ?? [];
      if (!services.includes(service)) throw new BadCursor("Cannot read the cursor: no page gave it out");
      return [service, side === "after" ? { after: position } : { startingAt: position }] as const;
    }),
  );
}

function auditEntry(service: string, { envelope, hash }: Entry): AuditEntry {
  const { id, kind, aggregate, revision, at, cause, event } = envelope;
  const { type, ...data } = event;
  return {
    ...{ id, service, kind, aggregate, revision, at },
    actor: cause.actor,
    correlation: cause.correlation,
    ...(cause.event !== undefined && { cause: cause.event }),
    ...{ type, data, hash },
  };
}
