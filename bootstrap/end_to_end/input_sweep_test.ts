import { afterAll, beforeAll, expect, test } from "bun:test";
import { Wallet } from "ethers";
import type { Journal } from "../../ports/mod.ts";
import { type Client, call, signIn } from "../client.ts";
import { localSigner } from "../development/accounts.ts";
import { canary, type Document, type Operation, pathOf, type WrongRequest, wrongRequests } from "./_wrong_inputs.ts";
import { type Stand, startStand } from "./stand.ts";

let stand: Stand;
let document: Document;
let user: Client;
beforeAll(async () => {
  stand = await startStand();
  document = (await call<Document>(stand.url, "GET", "/openapi.json")).body;
  user = await signIn(stand.url, localSigner(Wallet.createRandom()));
  await user.post("/v1/wallets", { label: "Mine" });
}, 60_000);
afterAll(() => stand[Symbol.asyncDispose]());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

/** Ids of all that people asked for; what follows from it may still be on its way. */
async function asked(): Promise<string[]> {
  const journals: Journal[] = Object.values(stand.platform().services).map(({ footing }) => footing.stores.journal);
  const ids: string[] = [];
  for (const journal of journals) {
    let after: string | undefined;
    do {
      const page = await journal.read({ limit: 500, ...(after !== undefined && { after }) });
      ids.push(...page.items.flatMap(({ envelope: { id, cause } }) => (cause.event === undefined ? [id] : [])));
      after = page.next;
    } while (after !== undefined);
  }
  return ids;
}

async function send(request: WrongRequest, token?: string) {
  const answer = await fetch(`${stand.url}${request.path}`, {
    method: request.method,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...request.headers },
    ...(request.body !== undefined && { body: request.body }),
  });
  return {
    status: answer.status,
    type: answer.headers.get("content-type"),
    allow: answer.headers.get("allow"),
    text: await answer.text(),
  };
}

type Answer = Awaited<ReturnType<typeof send>>;

/** What is wrong with an answer to a wrong request. */
function faultOf({ status, type, text }: Answer): string | undefined {
  if (status >= 500 || status < 400) return `answered ${status}: ${text.slice(0, 200)}`;
  // The server itself refuses what is above its limit, before any of our code sees it.
  if (status !== 413 && type !== "application/problem+json") return `answered ${status} as ${type}`;
  return text.includes(canary) ? `repeated the input: ${text.slice(0, 200)}` : undefined;
}

async function faultsOf(requests: readonly WrongRequest[], token?: string): Promise<string[]> {
  const faults: string[] = [];
  for (const request of requests) {
    const fault = faultOf(await send(request, token));
    if (fault) faults.push(`${request.method} ${request.path.slice(0, 100)}, ${request.what}: ${fault}`);
  }
  return faults;
}

test("no wrong input is taken, echoed or fails on our side, and nothing changes", async () => {
  const requests = operations().flatMap(({ path, method, operation }) => wrongRequests(path, method, operation));
  expect(requests.length).toBeGreaterThan(3_000);
  const before = await asked();
  expect(await faultsOf(requests, stand.team.admin.accessToken)).toEqual([]);
  expect(await asked()).toEqual(before);
}, 120_000);

const isGuarded = ({ operation }: { operation: Operation }) => "401" in operation.responses && "security" in operation;

test("nobody gets past a guard without a good token", async () => {
  const guarded = operations()
    .filter(isGuarded)
    .filter(({ operation }) => (operation as { security?: unknown[] }).security?.length);
  expect(guarded.length).toBeGreaterThan(60);
  for (const { path, method, operation } of guarded) {
    const request = { what: "a guard", method: method.toUpperCase(), path: pathOf(path, operation) };
    for (const token of [undefined, canary, `${user.accessToken.slice(0, -4)}AAAA`]) {
      const { status } = await send(request, token);
      expect(`${request.method} ${path}: ${status}`).toBe(`${request.method} ${path}: 401`);
    }
  }
});

test("a user without permissions gets nowhere that names one", async () => {
  const named = operations().filter(({ operation }) =>
    /Needs the permission `/.test((operation as { description?: string }).description ?? ""),
  );
  expect(named.length).toBeGreaterThan(25);
  for (const { path, method, operation } of named) {
    const { status } = await send(
      { what: "", method: method.toUpperCase(), path: pathOf(path, operation) },
      user.accessToken,
    );
    expect(`${method} ${path}: ${status}`).toBe(`${method} ${path}: 403`);
  }
});

test("a method that a path does not have is answered with those it has", async () => {
  let refused = 0;
  for (const [path, methods] of Object.entries(document.paths)) {
    const has = Object.keys(methods).map((method) => method.toUpperCase());
    const [example] = Object.values(methods);
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((each) => !has.includes(each))) {
      const { status, allow } = await send({ what: "", method, path: pathOf(path, example as Operation) });
      const allowed = allow?.split(", ") ?? [];
      // The same path may be another route's, by an id: then its guard answers.
      const told = status === 401 || (status === 405 && has.every((each) => allowed.includes(each)));
      expect(`${method} ${path}: ${told ? "told" : status}`).toBe(`${method} ${path}: told`);
      refused += status === 405 ? 1 : 0;
    }
  }
  expect(refused).toBeGreaterThan(200);
});

test("what is somebody else's is as unknown as what never was", async () => {
  const { admin } = stand.team;
  const theirs = await admin.post<{ id: string }>("/v1/wallets", { label: "Not yours" });
  for (const path of ["", "/balances", "/holds", "/deposits"]) {
    const { status, text } = await send(
      { what: "", method: "GET", path: `/v1/wallets/${theirs.id}${path}` },
      user.accessToken,
    );
    expect([status, JSON.parse(text).type]).toEqual([404, "urn:lucent:problem:wallet-not-found"]);
  }
  const renamed = { what: "", method: "PATCH", path: `/v1/wallets/${theirs.id}`, body: '{"label":"Mine"}' };
  const headers = { "content-type": "application/json", "if-match": '"1"' };
  expect((await send({ ...renamed, headers }, user.accessToken)).status).toBe(404);
  expect(
    (await send({ what: "", method: "GET", path: `/v1/orders?user=${admin.user}` }, user.accessToken)).status,
  ).toBe(403);
});
