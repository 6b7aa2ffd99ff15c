import type { AuditedJournal } from "../../domains/notification/mod.ts";
import type { Questions } from "../../ports/messaging.ts";
import { BadCursor, type Leaf, QuestionFailed, type SignedRoot } from "../../ports/mod.ts";
import type { Footing } from "../host.ts";
import { type ServiceName, serviceNames } from "../services.ts";
import { fieldsOf } from "./about.ts";
import { accounts, witnessedBy } from "./accounts.ts";
import type { Answers } from "./answers.ts";
import { fitting } from "./pages.ts";

/** The OpenAPI documents of all services. */
export function documentsOf(name: ServiceName, ask: Questions["ask"], own: () => Promise<object>) {
  const documents = serviceNames.map((each) => [
    each,
    each === name ? own : () => ask(`${each}.openapi`, {}) as Promise<object>,
  ]);
  return Object.fromEntries(documents) as Readonly<Record<string, () => Promise<object>>>;
}

const entriesAtOnce = 500;
/** Each has up to 500 leaves. */
const rootsAtOnce = 4;

/** How a journal's answer says that no page gave out the cursor. */
export const badCursor = { fault: "bad-cursor" } as const;

/** What every service answers of its records: its journal, and the roots that it keeps of the service before it. */
export function recordsAnswers(name: ServiceName, { stores, witness }: Footing, own: AuditedJournal): Answers {
  const { journal } = stores;
  const witnessed = witnessedBy(name);

  function mine(service: string): string {
    if (service !== witnessed) throw new QuestionFailed(`It keeps the roots of ${witnessed}, and no other's`);
    return service;
  }

  const histories = accounts[name].publishes.map((kind): readonly [string, Answers[string]] => [
    `history.${kind}`,
    async (about) => {
      const { texts, limit } = fieldsOf(about);
      const query = { ...texts("from", "before", "after"), kind, limit: limit(entriesAtOnce) };
      const { items, ...next } = await journal.read(query);
      return fitting({ items: items.map(({ envelope, cursor }) => ({ envelope, cursor })), ...next });
    },
  ]);

  return {
    ...Object.fromEntries(histories),
    async journal(about) {
      const { texts, limit } = fieldsOf(about);
      const order = texts("order").order === "descending" ? "descending" : "ascending";
      const filters = texts("kind", "aggregate", "actor", "from", "before", "after", "startingAt");
      try {
        return fitting(await journal.read({ ...filters, order, limit: limit(entriesAtOnce) }));
      } catch (error) {
        // The client's mistake, and no failure of this service.
        if (error instanceof BadCursor) return badCursor;
        throw error;
      }
    },
    "audit.verify": () => own.verify(),
    "witness.latest": async (about) => (await witness.latest(mine(fieldsOf(about).text("service")))) ?? null,
    async "witness.append"(about) {
      const { root, leaves } = fieldsOf(about).given as { root: SignedRoot; leaves: readonly Leaf[] };
      mine(fieldsOf(root).text("service"));
      return witness.append(root, leaves);
    },
    async "witness.read"(about) {
      const { text, texts, limit } = fieldsOf(about);
      return witness.read(mine(text("service")), { ...texts("after"), limit: limit(rootsAtOnce) });
    },
  };
}
