import { expect, test } from "bun:test";
import type { UserId } from "../../domains/shared/mod.ts";
import { evm, native, usd } from "../../domains/wallet/_chain_test.ts";
import { createWorld, fundedWallet, registered, startPlatform, user } from "../../domains/wallet/_platform_test.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import { createIdempotency, idempotentRequestKind } from "./idempotency.ts";
import { createGuards, createServer, networkRoutes, transferRoutes, walletRoutes } from "./mod.ts";

const other = "019aaf3e-8a52-7cc2-9d14-000000000002" as UserId;
const at = "2026-11-23T00:00:00.000Z" as never;

/** The routes over a wallet of `user` with 500 dollars. Tokens are user ids; `admin` may all. */
async function serve() {
  const world = createWorld();
  const platform = startPlatform(world);
  const wallet = await fundedWallet(platform, world, 10n ** 9n, 500n);
  const idempotency = createIdempotency({
    requests: createStores(openDatabase(":memory:"), () => at).records(idempotentRequestKind),
    clock: () => at,
    newId: () => Bun.randomUUIDv7(),
    deriveId: (...parts) => parts.join("|"),
  });
  const guards = createGuards({
    idempotency,
    digest: (value) => Bun.hash(JSON.stringify(value)).toString(16),
    accessOf: async (token) => ({
      user: token as UserId,
      session: "s1",
      permissions: new Set(token === "admin" ? (["asset:write", "wallet:read", "transfer:read"] as const) : []),
    }),
    useStepUp: async () => undefined,
  });
  const server = createServer({ log: console.error, origins: [], answered: () => {} })
    .use(walletRoutes(platform.walletService, guards))
    .use(transferRoutes(platform.transferService, guards))
    .use(networkRoutes(platform.assets, guards));
  const ask = async (
    method: string,
    path: string,
    { body, as = user, headers = {} }: { body?: unknown; as?: string; headers?: Record<string, string> } = {},
  ) => {
    const answer = await server.handle(
      new Request(`http://localhost/v1${path}`, {
        method,
        headers: { "content-type": "application/json", authorization: `Bearer ${as}`, ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
    const told = (await answer.json()) as Record<string, unknown>;
    return { status: answer.status, etag: answer.headers.get("etag") ?? "", told, kind: kindOf(told) };
  };
  return { ask, wallet, world, platform };
}

const kindOf = ({ type }: Record<string, unknown>) =>
  typeof type === "string" ? type.replace("urn:lucent:problem:", "") : "";

test("a wallet is made, read, listed and renamed; another's does not exist", async () => {
  const { ask } = await serve();
  const made = await ask("POST", "/wallets", { body: { label: "Savings" } });
  expect(made).toMatchObject({ status: 201, etag: '"1"', told: { label: "Savings", status: "open", user } });
  const path = `/wallets/${made.told.id}`;
  expect(await ask("GET", path)).toMatchObject({ status: 200, etag: '"1"', told: made.told });
  expect((await ask("GET", path, { as: other })).kind).toBe("wallet-not-found");
  expect((await ask("GET", path, { as: "admin" })).status).toBe(200);
  const rename = (etag: string, as: string = user) =>
    ask("PATCH", path, { body: { label: "Rainy days" }, as, headers: { "if-match": etag } });
  expect((await rename('"1"', other)).kind).toBe("wallet-not-found");
  expect(await rename('"1"')).toMatchObject({ status: 200, etag: '"2"', told: { label: "Rainy days" } });
  expect((await rename('"1"')).kind).toBe("revision-stale");
  expect((await ask("PATCH", path, { body: { label: "x" } })).kind).toBe("revision-missing");
  const { told } = await ask("GET", "/wallets?limit=1");
  expect(told).toMatchObject({ items: [{ id: made.told.id }], next: expect.any(String) });
  expect((await ask("GET", `/wallets?user=${user}`, { as: other })).kind).toBe("forbidden");
});

test("balances, holds and deposits follow a transfer", async () => {
  const { ask, wallet, world, platform } = await serve();
  const intent = { type: "send", asset: usd, to: `${evm.id}:${registered}`, amount: "200" };
  const body = { wallet: wallet.id, network: evm.id, intent, note: "Rent" };
  const headers = { "idempotency-key": "k1" };
  const asked = await ask("POST", "/transfers", { body, headers });
  expect(asked).toMatchObject({
    status: 202,
    told: { status: "queued", priority: "normal", digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  expect(asked.told).toMatchObject({ decoded: { to: expect.any(String) }, policy: { verdict: "allowed" } });
  expect(asked.told).toMatchObject({ fee: { asset: native, amount: "1800000" } });
  expect((await ask("POST", "/transfers", { body, headers })).told.id).toBe(asked.told.id);
  expect((await ask("POST", "/transfers", { body })).kind).toBe("idempotency-key-missing");
  const balances = await ask("GET", `/wallets/${wallet.id}/balances`);
  expect(balances.told).toMatchObject([
    { asset: usd, symbol: "USD", decimals: 18, final: "500", pending: "0", held: "200", available: "300" },
    { asset: native, symbol: "ETH", held: "1800000" },
  ]);
  const holds = await ask("GET", `/wallets/${wallet.id}/holds`);
  expect(holds.told).toMatchObject({ items: [{ purpose: { type: "transfer", transfer: asked.told.id } }] });
  await platform.sender.idle();
  world.fake.mine(3);
  await platform.head();
  expect((await ask("GET", `/transfers/${asked.told.id}`)).told).toMatchObject({
    ...{ status: "final", outcome: "success", hashes: [expect.any(String)], note: "Rent" },
    effects: [{ asset: native }, { asset: usd, delta: "-200" }],
  });
  expect((await ask("GET", `/transfers/${asked.told.id}`, { as: other })).kind).toBe("transfer-not-found");
  const listed = await ask("GET", `/transfers?status=final&wallet=${wallet.id}`);
  expect(listed.told).toMatchObject({ items: [{ id: asked.told.id }] });
  const deposits = await ask("GET", `/wallets/${wallet.id}/deposits?status=final&limit=1`);
  expect(deposits.told).toMatchObject({ items: [{ status: "final" }], next: expect.any(String) });
});

test("a simulation tells and records nothing; what is not allowed is a problem", async () => {
  const { ask, wallet } = await serve();
  const send = (to: string, amount: string) => ({
    ...{ wallet: wallet.id, network: evm.id },
    intent: { type: "send", asset: usd, to, amount },
  });
  const simulated = await ask("POST", "/transfers/simulations", { body: send(wallet.address, "5") });
  expect(simulated).toMatchObject({ status: 200, told: { outcome: "success", policy: { verdict: "refused" } } });
  let key = 0;
  const refused = async (body: unknown) =>
    (await ask("POST", "/transfers", { body, headers: { "idempotency-key": `${key++}` } })).kind;
  expect(await refused(send(wallet.address, "5"))).toBe("policy-refused");
  expect(await refused(send(registered, "501"))).toBe("funds-insufficient");
  expect(await refused(send("nowhere", "5"))).toBe("intent-malformed");
  expect(await refused({ ...send(registered, "5"), network: "eip155:5" })).toBe("network-not-served");
  const call = { type: "call", to: usd.slice(-42), function: "function f()", arguments: [] };
  expect(await refused({ ...send(registered, "5"), intent: call })).toBe("policy-refused");
  const values = { ...call, arguments: [{ from: "order.amount" }] };
  expect(await refused({ ...send(registered, "5"), intent: values })).toBe("invalid-request");
  const stray = { ...send(registered, "5"), intent: { ...send(registered, "5").intent, gas: "1" } };
  expect(await refused(stray)).toBe("invalid-request");
  const raw = { type: "call", to: usd.slice(-42), data: "0xabcd" };
  const raws = await ask("POST", "/transfers/simulations", { body: { ...send(registered, "5"), intent: raw } });
  expect(raws).toMatchObject({ status: 200, told: { outcome: "reverted", decoded: { data: "0xabcd" } } });
  expect((await ask("GET", `/wallets/${wallet.id}/holds`)).told).toEqual({ items: [] });
});

test("networks and assets are public; listing an asset spells it with its checksum", async () => {
  const { ask } = await serve();
  expect((await ask("GET", "/networks", { as: "" })).told).toMatchObject({ items: [{ id: evm.id, final: 2 }] });
  const body = { symbol: "SHR", decimals: 18, name: "Shares" };
  const path = `/assets/${encodeURIComponent(`${evm.id}/erc20:0xe7f1725e7734ce288f8367e1bb143e90bb3f0512`)}`;
  expect((await ask("PUT", path, { body })).kind).toBe("forbidden");
  const asset = `${evm.id}/erc20:0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512`;
  expect(await ask("PUT", path, { body, as: "admin" })).toMatchObject({ status: 200, told: { asset, ...body } });
  const elsewhere = `/assets/${encodeURIComponent("eip155:5/erc20:0xe7f1725e7734ce288f8367e1bb143e90bb3f0512")}`;
  expect((await ask("PUT", elsewhere, { body, as: "admin" })).kind).toBe("asset-not-supported");
  const { told } = await ask("GET", `/assets?network=${encodeURIComponent(evm.id)}`, { as: "" });
  expect(told).toMatchObject({ items: [{ asset: native, native: true }, { asset: usd }, { asset, symbol: "SHR" }] });
});
