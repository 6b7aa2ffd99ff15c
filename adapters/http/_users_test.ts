import { Wallet } from "ethers";
import type { Instant } from "../../domains/shared/mod.ts";
import {
  createUserService,
  identityKind,
  nonceKind,
  sessionKind,
  stepUpKind,
  superAdminsKind,
  userKind,
} from "../../domains/user/mod.ts";
import type { Vault } from "../../ports/mod.ts";
import { canonicalEvmAccount, verifyEvmSignature } from "../evm/signatures.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import { deriveId, digest, newId } from "../system/mod.ts";
import { newSecret, openAccessTokens, signingKeysKind } from "../tokens/mod.ts";
import { createGuards } from "./guards.ts";
import { createIdempotency, idempotentRequestKind } from "./idempotency.ts";
import { createServer } from "./server.ts";
import { sessionRoutes } from "./session_routes.ts";
import { userRoutes } from "./user_routes.ts";

export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Json };
// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client without types would.
type Json = any;

type Ask = { readonly body?: unknown; readonly token?: string; readonly headers?: Record<string, string> };

export function walletOf(n: number): Wallet {
  return new Wallet(`0x${n.toString(16).padStart(64, "0")}`);
}

export function accountOf(wallet: Wallet): string {
  return `eip155:31337:${wallet.address}`;
}

/** The routes of the user service on stores in memory. The owner of account 1 is a super admin. */
export async function serveUsers() {
  const publicUrl = "http://127.0.0.1:3000";
  const clock = () => new Date().toISOString() as Instant;
  const vault: Vault = {
    seal: async (key, plain) => ({ key, nonce: "", ciphertext: Buffer.from(plain).toString("base64url") }),
    open: async (_purpose, { ciphertext }) => Buffer.from(ciphertext, "base64url"),
  };
  const { open, records, journal } = createStores(openDatabase(":memory:"), clock);
  const keys = records(signingKeysKind);
  const users = createUserService({
    ...{ users: open(userKind), identities: open(identityKind), superAdmins: open(superAdminsKind) },
    ...{ nonces: records(nonceKind), sessions: records(sessionKind), stepUps: records(stepUpKind) },
    tokens: await openAccessTokens({ keys, vault, issuer: publicUrl, audience: publicUrl, clock, newId }),
    namedSuperAdmins: [accountOf(walletOf(1))],
    ...{ canonicalAccount: canonicalEvmAccount, verifySignature: verifyEvmSignature },
    ...{ publicUrl, newSecret, digest, clock, newId },
  });
  const idempotency = createIdempotency({ requests: records(idempotentRequestKind), clock, newId, deriveId });
  const guards = createGuards({ ...users, digest, idempotency });
  const logged: unknown[] = [];
  const log = (...entry: unknown[]) => void logged.push(entry);
  const server = createServer({ log, origins: [], answered: () => {} })
    .use(sessionRoutes(users, guards))
    .use(userRoutes(users, guards));

  async function ask(method: string, path: string, { body, token, headers }: Ask = {}): Promise<Answer> {
    const answer = await server.handle(
      new Request(`http://localhost${path}`, {
        method,
        headers: {
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === "" ? undefined : JSON.parse(text) };
  }

  /** A text of the platform's, signed. */
  async function sign(wallet: Wallet, asked: object = {}) {
    const account = accountOf(wallet);
    const { body } = await ask("POST", "/v1/auth/nonces", { body: { account, ...asked } });
    return { account, message: body.message, signature: await wallet.signMessage(body.message) };
  }

  async function signIn(n: number): Promise<Json> {
    const signed = await sign(walletOf(n));
    return (await ask("POST", "/v1/auth/sessions", { body: { method: "siwe", ...signed } })).body;
  }

  /** Asks; where that needs a step-up, signs with the n-th account what the answer names, and asks again. */
  async function askSigning(n: number, method: string, path: string, asked: Ask): Promise<Answer> {
    const { status, body: problem, ...rest } = await ask(method, path, asked);
    if (problem?.type !== "urn:lucent:problem:step-up-needed") return { status, body: problem, ...rest };
    const { action, digest: object } = problem;
    const body = await sign(walletOf(n), { action, digest: object });
    const stepUp = await ask("POST", "/v1/auth/step-ups", { body, token: asked.token ?? "" });
    const headers = { ...asked.headers, "lucent-step-up": stepUp.body.stepUp };
    return ask(method, path, { ...asked, headers });
  }

  return { ask, askSigning, sign, signIn, journal, logged, server };
}
