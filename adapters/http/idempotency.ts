import type { UserId } from "../../domains/shared/mod.ts";
import type { Clock, DeriveId, NewId, RecordKind, RecordStore } from "../../ports/mod.ts";
import { beforeAnswer } from "./_answered.ts";
import { pathOf } from "./_path.ts";
import { type Problem, ProblemError } from "./problems.ts";

/** What a key was first used for. */
export type IdempotentRequest = { readonly digest: string; readonly newId: string; readonly at: string };

export const idempotentRequestKind: RecordKind<IdempotentRequest> = { name: "idempotent_request", indexes: [["at"]] };

export const idempotencyProblems = {
  "idempotency-key-missing": { status: 400, title: "Send an Idempotency-Key of 1 to 255 characters" },
  "idempotency-key-in-flight": { status: 409, title: "The first request with this key is still under way" },
  "idempotency-key-reused": { status: 422, title: "The key was used for another request" },
} as const satisfies Record<string, Problem>;

export type Idempotency = ReturnType<typeof createIdempotency>;

type Dependencies = {
  readonly requests: RecordStore<IdempotentRequest>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly deriveId: DeriveId;
};

/**
 * Remembers, before a request acts, which id its `Idempotency-Key` makes (IETF draft httpapi-idempotency-key): a retry gets
 * the same id, and making by id is repeatable.
 */
export function createIdempotency({ requests, clock, newId, deriveId }: Dependencies) {
  const inFlight = new Set<string>();
  return {
    async claim(request: Request, user: UserId, key: string, digest: string): Promise<string> {
      const id = deriveId("idempotency", user, request.method, pathOf(request), key);
      if (inFlight.has(id)) throw problem("idempotency-key-in-flight");
      inFlight.add(id);
      beforeAnswer(request, () => inFlight.delete(id));
      return await remember(id, digest);
    },

    /** Forgets what was asked before an instant. */
    async forget(before: string): Promise<void> {
      let more = true;
      while (more) {
        const { items, next } = await requests.find({ where: { at: { before } }, limit: 200 });
        await Promise.all(items.map(({ id, revision }) => requests.remove(id, revision)));
        more = next !== undefined;
      }
    },
  };

  async function remember(id: string, digest: string): Promise<string> {
    const first = { digest, newId: newId(), at: clock() };
    if ((await requests.put(id, first, 0)) === "written") return first.newId;
    const known = await requests.get(id);
    if (!known) throw problem("idempotency-key-in-flight");
    if (known.value.digest !== digest) throw problem("idempotency-key-reused");
    return known.value.newId;
  }
}

/** The id for this request's key, or a problem. */
export function claimKey(idempotency: Idempotency, user: UserId, request: Request, digest: string): Promise<string> {
  const key = request.headers.get("idempotency-key")?.trim() ?? "";
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw problem("idempotency-key-missing");
  return idempotency.claim(request, user, key, digest);
}

function problem(kind: keyof typeof idempotencyProblems): ProblemError {
  return new ProblemError(kind, idempotencyProblems[kind]);
}
