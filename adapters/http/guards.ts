import { Elysia } from "elysia";
import type { UserId, Viewer } from "../../domains/shared/mod.ts";
import type { Permission } from "../../domains/user/mod.ts";
import type { Cause, Digest, Proof } from "../../ports/mod.ts";
import { aboutToAnswer } from "./_answered.ts";
import { correlationOf } from "./_correlation.ts";
import { pathOf } from "./_path.ts";
import { claimKey, type Idempotency } from "./idempotency.ts";
import { type Problem, ProblemError } from "./problems.ts";
import type { RateLimiter } from "./rate_limits.ts";

export type Access = {
  readonly user: UserId;
  readonly session: string;
  readonly permissions: ReadonlySet<Permission>;
};

export type GuardDependencies = {
  /** Who a bearer token speaks for now; undefined where it is forged, expired, ended, or its user suspended. `needed` is looked at closely. */
  readonly accessOf: (token: string, needed?: Permission) => Promise<Access | undefined>;
  /** Spends a step-up; undefined where it is not this user's, for this action and digest, and unspent. */
  readonly useStepUp: (token: string, user: UserId, action: string, digest: string) => Promise<Proof | undefined>;
  readonly digest: Digest;
  readonly idempotency: Idempotency;
  /** Counts requests by user; absent where they are not limited. */
  readonly limiter?: Pick<RateLimiter, "user"> | undefined;
};

/** What a guarded route learns of who asks; `session` is the device's. */
type Asking = {
  readonly cause: Cause;
  readonly viewer: Viewer;
  readonly session: string;
  readonly may: (permission: string) => boolean;
};

/** A request that is about to be let in or not, and its answer's headers. */
type Guarded = { readonly request: Request; readonly set: { headers: Parameters<RateLimiter["user"]>[1] } };

export type Guards = ReturnType<typeof createGuards>;

/** What the guards may answer. */
export const guardProblems = {
  unauthenticated: { status: 401, title: "Sign in first" },
  forbidden: { status: 403, title: "You lack the permission that this needs" },
  "step-up-needed": { status: 403, title: "Sign the action and digest, and send the step-up in Lucent-Step-Up" },
} as const satisfies Record<string, Problem>;

/**
 * The guards, and idempotency. A route that names one gets `cause`, `viewer`, `session` and `may`; everyone else is turned
 * away before their input is validated. `own`: for what is theirs, and with the permission for anyone's. `stepUp` gives the `proof`: it
 * is spent once the input has been found valid. `stepUpForOthers` gives `stepUp()`, which spends one where the handler finds that
 * what it acts on is not the caller's. `idempotent` gives the id of what is to be made.
 */
export function createGuards({ accessOf, useStepUp, digest, idempotency, limiter }: GuardDependencies) {
  const known = new WeakMap<Request, Access>();

  async function guard({ request, set }: Guarded, needed?: Permission): Promise<void> {
    const token = /^Bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    const access = token ? await accessOf(token, needed) : undefined;
    if (!access) throw new ProblemError("unauthenticated", guardProblems.unauthenticated);
    limiter?.user(access.user, set.headers);
    if (needed && !access.permissions.has(needed)) {
      throw new ProblemError("forbidden", guardProblems.forbidden, { permission: needed });
    }
    known.set(request, access);
  }

  function accessTo(request: Request): Access {
    const access = known.get(request);
    if (!access) throw new Error("Cannot tell who asks: the route was not guarded");
    return access;
  }

  function asking(request: Request, any: (access: Access) => boolean): Asking {
    const access = accessTo(request);
    const { user, session, permissions } = access;
    return {
      cause: { actor: user, correlation: correlationOf(request) },
      viewer: { user, any: any(access) },
      session,
      may: (permission) => permissions.has(permission as Permission),
    };
  }

  /** Spends the request's step-up for this action and this very request, or says what to sign. */
  async function spend(action: string, request: Request, body: unknown): Promise<Proof> {
    const { user } = accessTo(request);
    const object = digest({ method: request.method, path: pathOf(request), body: body ?? null });
    const token = request.headers.get("lucent-step-up");
    const proof = token ? await useStepUp(token, user, action, object) : undefined;
    if (proof) return proof;
    throw new ProblemError("step-up-needed", guardProblems["step-up-needed"], { action, digest: object });
  }

  const marked = (marks: Record<string, unknown>) => marks;
  const secured = (marks: Record<string, unknown>) => marked({ security: [{ bearer: [] }], ...marks });

  return new Elysia({ name: "guards" })
    .macro("signedIn", {
      detail: secured({}),
      transform: (context) => guard(context),
      resolve: ({ request }) => asking(request, () => false),
    })
    .macro("own", (beyond: Permission) => ({
      detail: secured({ "x-own": beyond }),
      transform: (context) => guard(context),
      resolve: ({ request }) => asking(request, ({ permissions }) => permissions.has(beyond)),
    }))
    .macro("permission", (needed: Permission) => ({
      detail: secured({ "x-permission": needed }),
      transform: (context) => guard(context, needed),
      resolve: ({ request }) => asking(request, () => true),
    }))
    .macro("stepUp", (action: string) => ({
      detail: marked({ "x-step-up": action }),
      resolve: async ({ request, body }) => ({ proof: await spend(action, request, body) }),
    }))
    .macro("stepUpForOthers", (action: string) => ({
      detail: marked({ "x-step-up-for-others": action }),
      resolve: ({ request, body }) => ({ stepUp: () => spend(action, request, body) }),
    }))
    .macro("idempotent", {
      detail: marked({ "x-idempotent": true }),
      async resolve({ request, body }): Promise<{ newId: string }> {
        const { user } = accessTo(request);
        return { newId: await claimKey(idempotency, user, request, digest(body ?? null)) };
      },
      afterHandle: ({ request }) => aboutToAnswer(request),
    });
}
