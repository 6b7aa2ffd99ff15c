import { t } from "elysia";
import { viewSchemas as views } from "../../adapters/http/mod.ts";
import { asking, hex64, listOf, nothing, orNull, pageOf, question, text } from "./describing.ts";

const cursor = text(1_000, "WyIxIl0", "An entry's cursor");
const moment = text(40, "2026-11-23T01:30:00.000Z", "RFC 3339, UTC");
const limit = (most: number) =>
  t.Unsafe<number>({ type: "integer", minimum: 1, examples: [most], description: `A page has at most ${most}` });
const instant = t.String({ format: "date-time", examples: ["2026-11-23T01:30:00.000Z"] });
const whole = (minimum: number) => t.Unsafe<number>({ type: "integer", minimum, examples: [1] });
const word = (example: string) => t.String({ examples: [example] });

const eventId = "order/019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55/1";

const envelope = t.Object(
  {
    id: word(eventId),
    kind: word("order"),
    aggregate: word("019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55"),
    ...{ revision: whole(1), schema: whole(1), at: instant },
    cause: t.Object({
      actor: word("lucent"),
      correlation: word("019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c56"),
      ...{ event: t.Optional(word(eventId)), key: t.Optional(word(`${eventId}#hold`)) },
    }),
    event: t.Object({ type: word("OrderPlaced") }, { additionalProperties: true, description: "In its newest form" }),
  },
  { title: "RecordedEvent", description: "An event, with what its headers say on the bus" },
);

const entry = t.Object(
  { envelope, stored: t.String({ description: "The bytes that were hashed, as text" }), hash: hex64, cursor },
  { title: "JournalEntry" },
);

const service = text(40, "task", "Whose roots: the service before the one that is asked");
/** Of a signed root, which its witness keeps as it is. */
const root = t.Object(
  {
    ...{ service, number: whole(1), at: instant, size: whole(1) },
    previous: t.String({ pattern: "^([0-9a-f]{64})?$", examples: [""], description: "The root before" }),
    root: hex64,
    ...{ cursor, key: hex64 },
    signature: t.String({ pattern: "^[0-9a-f]{128}$", examples: ["5c".repeat(64)], description: "Ed25519" }),
  },
  { title: "SignedRoot", additionalProperties: false },
);
const leaf = t.Object(
  { event: text(1_000, eventId), hash: text(64, "5c".repeat(32)) },
  { additionalProperties: false },
);
const leaves = t.Array(leaf, { maxItems: 1_000 });

const unreadable = t.Object({ fault: t.Literal("bad-cursor") }, { description: "No page gave out the cursor" });

/** How many entries, and how many roots with their leaves, a page has at most. */
export const entriesAtOnce = 500;
export const rootsAtOnce = 4;

const kind = text(40, "order");
const window = { from: t.Optional(moment), before: t.Optional(moment), after: t.Optional(cursor) };

/** What every service answers of its records. `history` is asked by the kind: `history.order`. */
export const recordQuestions = {
  openapi: question("The OpenAPI 3.1 document of its routes", nothing, { type: "object" }),
  "audit.verify": question("Whether its journal is what it was", nothing, views.verification),
  history: question(
    "Its events of the kind in the order of commits, older ones than the stream has too",
    asking({ ...window, kind: t.Optional(kind), limit: limit(entriesAtOnce) }),
    pageOf(t.Object({ envelope, cursor })),
  ),
  journal: question(
    "Its journal",
    asking({
      ...{ ...window, startingAt: t.Optional(cursor), limit: limit(entriesAtOnce) },
      kind: t.Optional(kind),
      aggregate: t.Optional(text(260, "019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55")),
      actor: t.Optional(text(64, "lucent")),
      order: t.Optional(t.Unsafe<"ascending" | "descending">({ type: "string", enum: ["ascending", "descending"] })),
    }),
    { anyOf: [pageOf(entry), unreadable] },
  ),
  "witness.latest": question("The last root that it keeps of the service before it", asking({ service }), orNull(root)),
  "witness.append": question("Keeps a root and its leaves, if its number comes next", asking({ root, leaves }), {
    type: "string",
    enum: ["kept", "conflict"],
  }),
  "witness.read": question(
    "The roots that it keeps, by number, with their leaves",
    asking({ service, after: t.Optional(cursor), limit: limit(rootsAtOnce) }),
    pageOf(t.Object({ root, leaves: t.Unsafe(listOf(leaf)) })),
  ),
};
