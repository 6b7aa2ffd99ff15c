import { Database, type SQLQueryBindings } from "bun:sqlite";

type Envelope = { readonly id: string; readonly aggregate: string; readonly revision: number; readonly text: string };
type Change = { readonly id: string; readonly revision: number; readonly state: object; readonly event: object };
type Row = { readonly revision: number; readonly state: string };

/** Whom the platform tells of users. */
const consumers = ["wallet", "portfolio", "notification"];

/** The statements that the platform prepares, on copies of its files. */
export function openByHand(fileOf: (name: string) => string) {
  const [playFile, userFile, busFile] = (["play", "user", "bus"] as const).map((name) => open(fileOf(name)));
  if (!playFile || !userFile || !busFile) throw new Error("Cannot open the files");
  const one = query<Row>(userFile, "SELECT * FROM aggregate_user WHERE id = ?");
  const update = query(
    userFile,
    "UPDATE aggregate_user SET revision = ?, state = ? WHERE id = ? AND revision = ? AND schema <= 1",
  );
  const head = query<{ hash: string }>(
    userFile,
    "SELECT hash FROM journal WHERE kind = 'user' AND aggregate = ? AND revision = ?",
  );
  const insert = query(
    userFile,
    "INSERT INTO journal (kind, aggregate, revision, actor, at, envelope, hash) VALUES ('user', ?, ?, ?, ?, ?, ?)",
  );
  const mark = query(
    userFile,
    "UPDATE journal SET published = 1 WHERE kind = 'user' AND aggregate = ? AND revision = ?",
  );
  const append = query(
    busFile,
    "INSERT INTO log (id, kind, envelope) VALUES (?, 'user', ?) ON CONFLICT (id) DO NOTHING",
  );
  const write = grouping(userFile);
  const publish = grouping(busFile);
  const deliver = delivering(busFile, publish);
  let outbox: Envelope[] = [];

  /** Carries what was committed to the bus, all at once, and then what came meanwhile. */
  async function relay(): Promise<void> {
    while (outbox.length > 0) {
      const events = outbox.slice();
      await publish(() => {
        for (const { id, text } of events) append.run(id, text);
      });
      deliver();
      await write(() => {
        for (const { aggregate, revision } of events) mark.run(aggregate, revision);
      });
      outbox = outbox.slice(events.length);
    }
  }

  return {
    play: {
      page: query<{ id: string; state: string }>(
        playFile,
        "SELECT * FROM aggregate_play WHERE json_extract(state, '$.listed') = ? ORDER BY id DESC LIMIT ?",
      ),
      version: query<Row>(playFile, "SELECT * FROM aggregate_play_version WHERE id = ?"),
    },
    user: {
      one,
      session: query<{ value: string }>(userFile, "SELECT * FROM record_session WHERE id = ?"),
      /** Resolves once state and event are on disk. */
      async commit({ id: aggregate, revision: seen, state, event }: Change): Promise<void> {
        const revision = seen + 1;
        const id = `user/${aggregate}/${revision}`;
        const at = new Date().toISOString();
        const cause = { actor: aggregate, correlation: Bun.randomUUIDv7() };
        const text = JSON.stringify({ id, kind: "user", aggregate, revision, schema: 1, at, cause, event });
        await write(() => {
          if (update.run(revision, JSON.stringify(state), aggregate, seen).changes === 0) throw new Error("Conflict");
          const before = head.get(aggregate, seen)?.hash ?? "";
          const hash = new Bun.CryptoHasher("sha256").update(before).update(text).digest("hex");
          insert.run(aggregate, revision, aggregate, at, text, hash);
        });
        outbox.push({ id, aggregate, revision, text });
        if (outbox.length === 1) setImmediate(relay);
      },
    },
  };
}

function open(path: string): Database {
  const database = new Database(path, { strict: true });
  for (const pragma of ["journal_mode = WAL", "synchronous = FULL", "cache_size = -16000"]) {
    database.run(`PRAGMA ${pragma}`);
  }
  return database;
}

function query<Found>(database: Database, text: string) {
  return database.query<Found, SQLQueryBindings[]>(text);
}

/** Collects what waits at the same moment into one transaction. */
function grouping(database: Database) {
  let waiting: { work(): void; resolve(): void }[] = [];
  const commit = database.transaction((group: typeof waiting) => {
    for (const { work } of group) work();
  });
  return (work: () => void): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (waiting.length === 0) {
      setImmediate(() => {
        const group = waiting;
        waiting = [];
        commit.immediate(group);
        for (const { resolve } of group) resolve();
      });
    }
    waiting.push({ work, resolve });
    return promise;
  };
}

/** Lets each consumer read what follows, and keeps its place. */
function delivering(bus: Database, write: ReturnType<typeof grouping>): () => void {
  const reached = query<{ place: number }>(bus, "SELECT max(place) AS place FROM log");
  const following = query<{ place: number; envelope: string }>(
    bus,
    "SELECT place, envelope FROM log WHERE kind = 'user' AND place > ? ORDER BY place LIMIT 200",
  );
  const keep = query(
    bus,
    "INSERT INTO progress VALUES (?, 'user', ?) ON CONFLICT DO UPDATE SET place = excluded.place",
  );
  const start = reached.get()?.place ?? 0;
  const readers = consumers.map((consumer) => ({ consumer, place: start, saving: false }));

  async function read(reader: (typeof readers)[number]): Promise<void> {
    if (reader.saving) return;
    reader.saving = true;
    for (let rows = following.all(reader.place); rows.length > 0; rows = following.all(reader.place)) {
      for (const { place, envelope } of rows) {
        const { event } = JSON.parse(envelope);
        if (event.type !== undefined) reader.place = place;
      }
      await write(() => keep.run(reader.consumer, reader.place));
    }
    reader.saving = false;
  }

  return () => {
    for (const reader of readers) void read(reader);
  };
}
