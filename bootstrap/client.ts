import { type AccountId, parseAccount } from "../domains/shared/mod.ts";

/** Signs texts with a wallet (EIP-191). */
export type Signer = { readonly account: AccountId; readonly sign: (message: string) => Promise<string> };

export function addressOf(account: AccountId): string {
  return parseAccount(account)?.address ?? "";
}

export type Answer<Body> = { readonly status: number; readonly headers: Headers; readonly body: Body };

/** A refusal of the platform, with its problem. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  readonly problem: { readonly type: string; readonly title: string; readonly [detail: string]: unknown };

  constructor(what: string, status: number, problem: Refused["problem"]) {
    super(`${what}: ${status} ${problem.title} ${JSON.stringify(problem.errors ?? "")}`);
    this.status = status;
    this.problem = problem;
  }
}

type Sent = { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };

export type Client = Awaited<ReturnType<typeof signIn>>;

/** Calls a route as anyone may. */
export async function call<Body = unknown>(
  url: string,
  method: string,
  path: string,
  sent: Sent = {},
): Promise<Answer<Body>> {
  const { body, headers } = sent;
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const read = text === "" ? undefined : JSON.parse(text);
  if (!answer.ok) throw new Refused(`${method} ${path}`, answer.status, read ?? { type: "", title: "" });
  return { status: answer.status, headers: answer.headers, body: read as Body };
}

/** Signs in with a wallet (EIP-4361); the client then speaks as its user, and signs the step-ups that routes ask for. */
export async function signIn(url: string, { account, sign }: Signer) {
  const proof = async (about: object) => {
    const { body } = await call<{ message: string }>(url, "POST", "/v1/auth/nonces", { body: { account, ...about } });
    return { account, message: body.message, signature: await sign(body.message) };
  };
  type SignedIn = { accessToken: string; refreshToken: string; user: { id: string } };
  const signed = await call<SignedIn>(url, "POST", "/v1/auth/sessions", {
    body: { method: "siwe", ...(await proof({})) },
  });
  const { accessToken, refreshToken, user } = signed.body;
  const authorization = { authorization: `Bearer ${accessToken}` };

  async function send<Body = unknown>(
    method: string,
    path: string,
    { body, headers }: Sent = {},
  ): Promise<Answer<Body>> {
    const attempt = (more: Readonly<Record<string, string>> = {}) =>
      call<Body>(url, method, path, {
        ...(body !== undefined && { body }),
        headers: { ...authorization, ...headers, ...more },
      });
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Refused && error.problem.type === "urn:lucent:problem:step-up-needed")) throw error;
      const { action, digest } = error.problem;
      const granted = await call<{ stepUp: string }>(url, "POST", "/v1/auth/step-ups", {
        body: await proof({ action, digest }),
        headers: authorization,
      });
      return await attempt({ "lucent-step-up": granted.body.stepUp });
    }
  }

  return {
    user: user.id,
    accessToken,
    refreshToken,
    send,
    get: async <Body>(path: string) => (await send<Body>("GET", path)).body,
    post: async <Body>(path: string, body?: unknown, headers?: Readonly<Record<string, string>>) =>
      (await send<Body>("POST", path, { ...(body !== undefined && { body }), ...(headers && { headers }) })).body,
    /** Reads a thing and replaces what is below it, if nobody changed it in between. */
    async change<Body>(path: string, below: string, body: unknown) {
      const etag = (await send("GET", path)).headers.get("etag") ?? "";
      return (await send<Body>("PUT", `${path}${below}`, { body, headers: { "if-match": etag } })).body;
    },
  };
}
