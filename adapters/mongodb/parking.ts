import { readPlaces, writeCursor } from "../../ports/adapting.ts";
import type { Parked, Parking, Standing } from "../../ports/messaging.ts";
import type { Envelope } from "../../ports/mod.ts";
import { prepare } from "./_collection.ts";
import { isDuplicate } from "./_faults.ts";
import type { Database } from "./database.ts";

/** Its id is made of consumer and event, so that it is parked once. One that was dismissed loses its place, and what it said. */
type ParkedDocument = {
  readonly _id: string;
  readonly consumer: string;
  readonly kind: string;
  readonly aggregate: string;
  readonly revision: number;
  readonly place: number;
  readonly envelope: string;
  readonly reason: string;
  readonly retryable: boolean;
};

type Sequence = { readonly _id: string; readonly place: number };

/** Keeps parked events in the consumer's own database. */
export function createParking(database: Database): Parking {
  const { reach } = database;
  const parking = prepare<ParkedDocument>(database, "parking", [
    { key: { place: 1 } },
    { key: { consumer: 1, kind: 1, aggregate: 1, revision: 1 } },
  ]);
  const sequences = prepare<Sequence>(database, "sequence", [], { _id: "parking", place: 0 });

  async function nextPlace(): Promise<number> {
    const places = await sequences();
    const count = () =>
      places.findOneAndUpdate({ _id: "parking" }, { $inc: { place: 1 } }, { returnDocument: "after" });
    const counted = await reach(count);
    if (!counted) throw new Error("Cannot park: the sequence of places is gone");
    return counted.place;
  }

  return {
    async standing(consumer, { kind, aggregate, revision }): Promise<Standing> {
      const events = await parking();
      const itself = { revision, place: { $exists: false } };
      const earlier = { revision: { $lt: revision }, ...isParked };
      const filter = { consumer, kind, aggregate, $or: [itself, earlier] };
      const options = { projection: { revision: 1 }, sort: { revision: -1 } } as const;
      const found = await reach(() => events.findOne(filter, options));
      if (!found) return "open";
      return found.revision === revision ? "dismissed" : "closed";
    },
    async park(consumer, event, reason, retryable) {
      const events = await parking();
      const _id = idOf(consumer, event);
      if (await reach(() => events.findOne({ _id }, { projection: { _id: 1 } }))) return;
      const { kind, aggregate, revision } = event;
      const place = await nextPlace();
      const envelope = JSON.stringify(event);
      const document = { _id, place, consumer, kind, aggregate, revision, envelope, reason, retryable };
      try {
        await reach(() => events.insertOne(document));
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
    },
    async list({ after, limit }) {
      const events = await parking();
      const behind = after === undefined ? 0 : (readPlaces(after, 1)[0] ?? 0);
      const options = { sort: { place: 1 }, limit: limit + 1 } as const;
      const documents = await reach(() => events.find({ place: { $gt: behind } }, options).toArray());
      const items = documents.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map(parked),
        ...(documents.length > limit && last && { next: writeCursor([`${last.place}`]) }),
      };
    },
    async remove(id) {
      const events = await parking();
      const { deletedCount } = await reach(() => events.deleteOne({ _id: { $eq: id }, ...isParked }));
      return deletedCount > 0 ? "removed" : "absent";
    },
    async dismiss(id) {
      const events = await parking();
      const forgotten = { place: "", envelope: "", reason: "", retryable: "" } as const;
      const { modifiedCount } = await reach(() =>
        events.updateOne({ _id: { $eq: id }, ...isParked }, { $unset: forgotten }),
      );
      return modifiedCount > 0 ? "removed" : "absent";
    },
  };
}

const isParked = { place: { $exists: true } };

function idOf(consumer: string, { id }: Envelope): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify([consumer, id])).digest("hex");
}

function parked({ _id, consumer, envelope, reason, retryable }: ParkedDocument): Parked {
  return { id: _id, consumer, event: JSON.parse(envelope), reason, retryable };
}
