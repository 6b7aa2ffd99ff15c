import type { Static } from "elysia";
import type { AuditedJournal, Verification } from "../../domains/notification/mod.ts";
import type { Questions } from "../../ports/messaging.ts";
import { BadCursor, QuestionFailed, type SignedRoot } from "../../ports/mod.ts";
import type { Ground } from "../host.ts";
import { type ServiceName, serviceNames } from "../service_names.ts";
import { accounts, witnessedBy } from "./accounts.ts";
import { fitting } from "./pages.ts";
import { entriesAtOnce, type recordQuestions, rootsAtOnce } from "./record_questions.ts";

/** The OpenAPI documents of all services. */
export function documentsOf(name: ServiceName, ask: Questions["ask"], own: () => Promise<object>) {
  const documents = serviceNames.map((each) => [
    each,
    each === name ? own : () => ask(`${each}.openapi`, {}) as Promise<object>,
  ]);
  return Object.fromEntries(documents) as Readonly<Record<string, () => Promise<object>>>;
}

type About<Name extends keyof typeof recordQuestions> = Static<(typeof recordQuestions)[Name]["request"]>;

/** How a journal's answer says that no page gave out the cursor. */
export const badCursor = { fault: "bad-cursor" } as const;

/** What every service answers of its records: its journal, and the roots that it keeps of the service before it. */
export function recordsAnswers(
  name: ServiceName,
  { stores: { journal }, witness }: Pick<Ground, "stores" | "witness">,
  own: AuditedJournal,
) {
  const witnessed = witnessedBy(name);
  let verifying: Promise<Verification> | undefined;

  function mine(service: string): string {
    if (service !== witnessed) throw new QuestionFailed(`It keeps the roots of ${witnessed}, and no other's`);
    return service;
  }

  const histories = accounts[name].publishes.map((kind) => {
    async function history({ limit, ...window }: About<"history">) {
      const { items, ...next } = await journal.read({ ...window, kind, limit: Math.min(limit, entriesAtOnce) });
      return fitting({ items: items.map(({ envelope, cursor }) => ({ envelope, cursor })), ...next });
    }
    return [`history.${kind}`, history] as const;
  });

  return {
    ...Object.fromEntries(histories),
    async journal({ limit, ...query }: About<"journal">) {
      try {
        return fitting(await journal.read({ ...query, limit: Math.min(limit, entriesAtOnce) }));
      } catch (error) {
        // The client's mistake, and no failure of this service.
        if (error instanceof BadCursor) return badCursor;
        throw error;
      }
    },
    /** Whoever asks meanwhile gets the same: it reads everything. */
    "audit.verify"() {
      verifying ??= own.verify().finally(() => {
        verifying = undefined;
      });
      return verifying;
    },
    "witness.latest": async ({ service }: About<"witness.latest">) => (await witness.latest(mine(service))) ?? null,
    async "witness.append"({ root, leaves }: About<"witness.append">) {
      mine(root.service);
      return witness.append(root as SignedRoot, leaves);
    },
    "witness.read": async ({ service, limit, ...after }: About<"witness.read">) =>
      witness.read(mine(service), { ...after, limit: Math.min(limit, rootsAtOnce) }),
  };
}
