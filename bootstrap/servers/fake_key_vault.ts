import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type Answer, createEntries, refusal } from "./_key_vault_entries.ts";
import { type Certificates, makeCertificates } from "./certificates.ts";

export const throttled = (retryAfter: string): Answer => ({
  ...refusal(429, "Throttled", "Request was not processed because too many requests were received."),
  headers: { "retry-after": retryAfter },
});
export const broken = refusal(500, "InternalServerError", "The service has an internal error.");
export const forbidden = refusal(403, "Forbidden", "Caller is not authorized to perform action on resource.", {
  code: "ForbiddenByRbac",
});
export const invalidToken = refusal(401, "Unauthorized", "AKV10022: Invalid audience.");

/** How it answers: as it should, with something else, late, never, or by hanging up. */
export type Behaviour = "well" | Answer | { readonly late: number } | "silent" | "cut";
type Request = { readonly method: string; readonly path: string; readonly status: number; readonly body: string };

type Options = {
  readonly port?: number;
  /** Where its keys and secrets are kept and found again; by default nowhere. */
  readonly storage?: string;
  readonly certificates?: Certificates;
  /** What it lets in. */
  readonly token?: string;
  /** Whether it holds what it was asked for; not good for a long life. */
  readonly remembers?: boolean;
};

const challenge =
  'Bearer authorization="https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47", resource="https://vault.azure.net"';

/** Not Key Vault: a server over TLS with its paths, status codes and error bodies, which goes wrong as it is told. */
export async function startFakeKeyVault(options: Options = {}) {
  const { port = 0, storage, token = "a-token-for-tests", remembers = true } = options;
  const { ca, key, cert } = options.certificates ?? (await makeCertificates());
  const entries = createEntries(() => fake.url, storage);
  const fake = {
    ...entries,
    url: "",
    token,
    /** All that was asked for, the challenges included (none where it does not remember). */
    requests: [] as Request[],
    behaviour: "well" as Behaviour | ((path: string, body: string) => Behaviour),
    /** Says something else in its stead, where it would answer well; undefined: nothing else. */
    meddle: (() => undefined) as (path: string, answer: Answer) => Answer | undefined,
    connection: () => ({
      url: fake.url,
      ca,
      verifyChallenge: false,
      credential: { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) },
    }),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    async [Symbol.asyncDispose]() {
      await fake.stop();
    },
  };

  function respond(request: IncomingMessage, body: string): Answer {
    const { pathname, searchParams } = new URL(request.url ?? "/", fake.url);
    if (request.headers.authorization !== `Bearer ${token}`)
      return {
        ...refusal(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token."),
        headers: { "www-authenticate": challenge },
      };
    if (!searchParams.has("api-version")) return refusal(400, "BadParameter", "api-version must be specified");
    const answer = fake.answer(request.method ?? "", pathname, body);
    return fake.meddle(pathname, answer) ?? answer;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const asked = fake.behaviour;
    const behaviour = typeof asked === "function" ? asked(request.url ?? "", body) : asked;
    const keep = (status: number) => {
      if (remembers) fake.requests.push({ method: request.method ?? "", path: request.url ?? "", status, body });
    };
    if (behaviour === "silent") return void keep(0);
    if (behaviour === "cut") {
      keep(0);
      request.socket.destroy();
      return;
    }
    if (typeof behaviour === "object" && "late" in behaviour) await delay(behaviour.late);
    const answer = typeof behaviour === "object" && "status" in behaviour ? behaviour : respond(request, body);
    keep(answer.status);
    response.writeHead(answer.status, { "content-type": "application/json; charset=utf-8", ...answer.headers });
    response.end(JSON.stringify(answer.body));
  }

  const server = createServer({ key, cert }, (request, response) => {
    // Whoever asked may be gone by now.
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  fake.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fake;
}
