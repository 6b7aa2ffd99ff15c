import { Elysia, t } from "elysia";
import type {
  BeginSessionRefusal,
  IssueNonceRefusal,
  RefreshRefusal,
  StepUpRefusal,
  Tokens,
  User,
  UserService,
} from "../../domains/user/mod.ts";
import type { Loaded } from "../../ports/mod.ts";
import { correlationOf } from "./_correlation.ts";
import { accountSchema, choice, idSchema, instantSchema, listOf, oneOf, pageOf, pageQuery, whole } from "./_schemas.ts";
import { shownUser, userSchema } from "./_user_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr, type Problem } from "./problems.ts";

const nonceRefusals: Record<IssueNonceRefusal, Problem> = {
  "account-unsupported": { status: 422, title: "Accounts of eip155 can sign in, in CAIP-10" },
  "step-up-request-malformed": {
    status: 422,
    title: "An action is words and dots, a digest a SHA-256 in lower-case hex",
  },
};

const signInRefusals: Record<BeginSessionRefusal, Problem> = {
  "nonce-unknown": { status: 401, title: "The message is not one handed out for this, unused, within five minutes" },
  "signature-invalid": { status: 401, title: "The account did not sign this message" },
  "user-suspended": { status: 403, title: "The user is suspended" },
  "user-not-found": { status: 404, title: "No such user" },
};

const refreshRefusals: Record<RefreshRefusal, Problem> = {
  "refresh-token-invalid": { status: 401, title: "The refresh token is not good; sign in again" },
  "refresh-token-reused": { status: 401, title: "The refresh token was used before: its session is over" },
  "refresh-token-in-use": { status: 409, title: "Another request uses the refresh token at this moment" },
  "user-suspended": { status: 403, title: "The user is suspended" },
};

const stepUpRefusals: Record<StepUpRefusal, Problem> = {
  "identity-not-yours": { status: 403, title: "Sign with an account of your own" },
  "nonce-unknown": { status: 403, title: "The message is not one handed out for this, unused, within five minutes" },
  "signature-invalid": { status: 403, title: "The account did not sign this message" },
};

const sessionRefusals = { "session-not-found": { status: 404, title: "No such session" } } as const;

const secretExample = "5c".repeat(32);
const refreshExample = `019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55.${secretExample}.${secretExample}`;
const expiresIn = whole({ examples: [600], description: "Seconds" });

const nonceRequest = t.Object({
  account: accountSchema,
  action: t.Optional(t.String({ maxLength: 64, examples: ["play.approve"], description: "What a step-up is for" })),
  digest: t.Optional(
    t.String({ maxLength: 64, examples: [secretExample], description: "Names its object: `step-up-needed` tells it" }),
  ),
});

const issued = t.Object({
  nonce: t.String({ examples: [secretExample] }),
  message: t.String({ description: "The text to sign (EIP-4361)" }),
  expiresAt: instantSchema,
});

const method = choice("siwe");

const signed = {
  account: accountSchema,
  message: t.String({ minLength: 1, maxLength: 2000, description: "The text handed out, unchanged" }),
  signature: t.String({
    minLength: 1,
    maxLength: 1000,
    examples: [`0x${"5c".repeat(64)}1b`],
    description: "Of the message (EIP-191), 65 bytes in hex",
  }),
};

const begun = t.Object({
  accessToken: t.String({ examples: ["eyJhbGciOiJFZERTQSJ9.e30.c2ln"], description: "For `Authorization: Bearer`" }),
  tokenType: t.Literal("Bearer"),
  expiresIn,
  refreshToken: t.String({ examples: [refreshExample], description: "For one refresh" }),
  user: userSchema,
});

const device = t.Object({
  id: idSchema,
  method,
  account: accountSchema,
  agent: t.String({ examples: ["Mozilla/5.0"], description: "What the device calls itself" }),
  startedAt: instantSchema,
  refreshedAt: instantSchema,
  expiresAt: instantSchema,
  current: t.Boolean({ description: "Whether it is the one that asks" }),
});

export const publicKeySchema = t.Object({
  kty: t.Literal("OKP"),
  crv: t.Literal("Ed25519"),
  x: t.String({ examples: ["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"] }),
  kid: t.String({ examples: ["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"] }),
  alg: t.Literal("EdDSA"),
  use: t.Literal("sig"),
});

/** Signing in and out, step-ups, and the keys that verify access tokens. */
export function sessionRoutes(users: UserService, guards: Guards) {
  return new Elysia({ tags: ["Sign-in"] })
    .use(guards)
    .get("/.well-known/jwks.json", async () => ({ keys: await users.publicKeys() }), {
      response: { 200: t.Object({ keys: listOf(publicKeySchema) }) },
      detail: docs("publicKeys", "The keys that verify access tokens (RFC 7517)"),
    })
    .post(
      "/v1/auth/nonces",
      async ({ body: { account, ...asked } }) => {
        const { nonce, message, expiresAt } = acceptedOr(await users.issueNonce(account, asked), nonceRefusals);
        return { nonce, message, expiresAt };
      },
      {
        body: nonceRequest,
        response: { 200: issued },
        detail: docs(
          "issueNonce",
          "A text to sign: to sign in, or with action and digest for a step-up",
          nonceRefusals,
        ),
      },
    )
    .post(
      "/v1/auth/sessions",
      async ({ body: { method: _siwe, ...signed }, request, set }) => {
        const agent = (request.headers.get("user-agent") ?? "").slice(0, 200);
        const outcome = await users.signIn({ ...signed, agent }, correlationOf(request));
        set.status = 201;
        return begunView(acceptedOr(outcome, signInRefusals));
      },
      {
        body: t.Object({ method, ...signed }),
        response: { 201: begun },
        detail: docs("signIn", "Sign in; register at the first time", signInRefusals),
      },
    )
    .post(
      "/v1/auth/sessions/refresh",
      async ({ body, request }) => {
        const outcome = await users.refresh(body.refreshToken, { correlation: correlationOf(request) });
        return begunView(acceptedOr(outcome, refreshRefusals));
      },
      {
        body: t.Object({ refreshToken: t.String({ minLength: 1, maxLength: 500, examples: [refreshExample] }) }),
        response: { 200: begun },
        detail: docs(
          "refreshSession",
          "A new access token, and the next refresh token",
          refreshRefusals,
          "Each refresh token is used once. Using an older one again ends the session.",
        ),
      },
    )
    .get(
      "/v1/auth/sessions",
      ({ viewer, session, query: { limit = 50, ...rest } }) =>
        users.listSessions(viewer.user, session, { limit, ...rest }),
      {
        signedIn: true,
        query: pageQuery,
        response: { 200: pageOf(device) },
        detail: docs("listSessions", "The devices that you are signed in on, newest first"),
      },
    )
    .delete(
      "/v1/auth/sessions/:id",
      async ({ params, viewer, cause, set }) => {
        acceptedOr(await users.endSession(viewer.user, params.id, cause), sessionRefusals);
        set.status = 204;
      },
      {
        signedIn: true,
        params: oneOf,
        response: { 204: t.Undefined() },
        detail: docs("endSession", "Sign one device out", sessionRefusals),
      },
    )
    .delete(
      "/v1/auth/sessions",
      async ({ viewer, session, cause, set }) => {
        await users.endOtherSessions(viewer.user, session, cause);
        set.status = 204;
      },
      {
        signedIn: true,
        response: { 204: t.Undefined() },
        detail: docs("endOtherSessions", "Sign all other devices out"),
      },
    )
    .post(
      "/v1/auth/step-ups",
      async ({ body, viewer }) => {
        const { stepUp, expiresIn } = acceptedOr(await users.createStepUp(viewer.user, body), stepUpRefusals);
        return { stepUp, expiresIn };
      },
      {
        signedIn: true,
        body: t.Object(signed),
        response: { 200: t.Object({ stepUp: t.String({ examples: [secretExample] }), expiresIn }) },
        detail: docs(
          "createStepUp",
          "Approve one act by a signature",
          stepUpRefusals,
          "Good once, for the action and digest in the message. Send it in `Lucent-Step-Up`.",
        ),
      },
    );
}

function begunView({ tokens, user }: { readonly tokens: Tokens; readonly user: Loaded<User> }) {
  return { ...tokens, user: shownUser(user) };
}
