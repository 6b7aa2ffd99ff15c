import { afterAll, beforeAll, expect, test } from "bun:test";
import { amount, type UserId, zero } from "../../domains/shared/mod.ts";
import { call, type Refused } from "../client.ts";
import { enter, freeOfHolds, type Order, orderIs, place } from "../demo/investing.ts";
import { arrive, balances, deposit, type Investor, sameAsChain } from "../demo/investor.ts";
import { checkLedger } from "../demo/records.ts";
import type { Stage } from "../demo/stage.ts";
import { setUp } from "../demo/story.ts";
import { carryOut, type Published, publish, taskOf } from "../demo/team.ts";
import { until } from "../demo/until.ts";
import { mintYield } from "../development/deploy.ts";
import { exitTrippingPlay, halfDepositingPlay, vaultPlay } from "../development/vault_play.ts";
import { type Stand, startStand } from "./stand.ts";

let stand: Stand;
let stage: Stage;
beforeAll(async () => {
  stand = await startStand();
  const { chainUrl, contracts } = stand.development;
  stage = await setUp({ url: stand.url, chainUrl, contracts });
}, 60_000);
afterAll(async () => {
  stage.chain.close();
  await stand[Symbol.asyncDispose]();
});

type Held = { asset: string; amount: string };
type Position = {
  status: string;
  holdings: Held[];
  cost: Held[];
  profit: { realised: string; unrealised: string | null };
};
type Hold = { purpose: { type: string; position?: string }; assets: Held[] };

/** Somebody in a play that earned, so that shares and dollars do not divide evenly. */
async function invested(play: Published): Promise<{ investor: Investor; position: string }> {
  const investor = await arrive(stage);
  await deposit(stage, investor);
  const position = await enter(stage, investor, play);
  await mintYield(stage.chain.url, stage.contracts, amount("333333333"));
  return { investor, position };
}

/** Orders to leave; the exit is reverted once the shares are redeemed. */
async function tripOut(investor: Investor, play: Published, position: string): Promise<Order> {
  const { admin } = stage.team;
  const order = await place(investor, play.id, { action: "exit", amount: "all", position });
  const { id: task } = await taskOf(admin, order.id);
  await admin.post(`/v1/tasks/${task}/claim`);
  await carryOut(admin, task, "redeem", "allow", "trip");
  return order;
}

async function shares({ address }: Investor): Promise<string> {
  return stage.chain.balance(stage.contracts.vault, address);
}

/** Waits until a position has what the chain says, and answers it with what the wallet holds for it. */
async function settled({ client, wallet }: Investor, id: string, wanted: (position: Position) => boolean) {
  const position = await until("the position", () => client.get<Position>(`/v1/portfolio/positions/${id}`), wanted);
  const { items } = await until(
    "the order's hold to end",
    () => client.get<{ items: Hold[] }>(`/v1/wallets/${wallet}/holds`),
    ({ items }) => items.every(({ purpose }) => purpose.position !== undefined),
  );
  return { position, held: items.find(({ purpose }) => purpose.position === id)?.assets };
}

type Incident = { id: string; order?: string; reason: string; detail: string };

/** The open incident of an order, once there is one. */
async function incidentOf({ id }: Order): Promise<Incident> {
  const read = () => stage.team.admin.get<{ items: Incident[] }>("/v1/incidents?status=open");
  const isIts = ({ order }: Incident) => order === id;
  const { items } = await until("the incident", read, (page) => page.items.some(isIts));
  return items.find(isIts) as Incident;
}

test("an exit that is undone leaves wallet, position and next order what came back on the chain", async () => {
  const play = await publish(stage, exitTrippingPlay(stage.contracts, "Leaving trips"));
  const { investor, position } = await invested(play);
  const before = await shares(investor);
  const order = await tripOut(investor, play, position);
  expect(await orderIs(investor, order.id, "compensated")).toMatchObject({ reason: "reverted" });
  const left = await shares(investor);
  expect(left).not.toBe(before);
  const holdings = [{ asset: stage.assets.shares, amount: left }];
  const isThere = ({ holdings }: Position) => holdings[0]?.amount === left;
  const after = await settled(investor, position, isThere);
  expect(after.position).toMatchObject({ status: "open", holdings, profit: { realised: "0" } });
  expect(after.held).toEqual(holdings);
  const { state } = await until(
    "the next order's holdings",
    () => stand.platform().services.task.kinds.holdings.load(position),
    ({ state }) => "assets" in state && state.assets[0]?.amount === left,
  );
  expect(state).toMatchObject({ status: "open", assets: holdings });
  await sameAsChain(stage, investor);
  await checkLedger(stage, investor);
}, 120_000);

test("an exit whose incident is resolved after the shares are gone closes the position, with its profit", async () => {
  const play = await publish(stage, exitTrippingPlay(stage.contracts, "Leaving sticks", { oneWay: true }));
  const { investor, position } = await invested(play);
  const paid = (await balances(investor))(stage.assets.token).final;
  const order = await tripOut(investor, play, position);
  await orderIs(investor, order.id, "incident");
  expect(await shares(investor)).toBe("0");
  const incident = await incidentOf(order);
  await stage.team.admin.post(`/v1/incidents/${incident.id}/resolve`, { resolution: "They have what they wanted" });
  const after = await settled(investor, position, ({ status }) => status === "closed");
  const proceeds = BigInt((await balances(investor))(stage.assets.token).final) - BigInt(paid);
  expect(after).toMatchObject({ position: { holdings: [], cost: [] }, held: undefined });
  expect(after.position.profit).toEqual({ realised: `${proceeds - 4_000_000_000n}`, unrealised: "0" });
  const cents = (proceeds - 4_000_000_000n + 5_000n) / 10_000n;
  const { performance } = await investor.client.get<{ performance: object }>("/v1/portfolio");
  expect(performance).toEqual({
    realised: `${cents / 100n}.${`${cents % 100n}`.padStart(2, "0")}`,
    unrealised: "0.00",
  });
  await freeOfHolds(stage, investor);
  await sameAsChain(stage, investor);
  await checkLedger(stage, investor);
  const { state } = await stand.platform().services.play.kinds.capacities.load(play.id);
  expect(state.claimed).toBe(zero);
}, 120_000);

test("a suspended user's tokens end; an order that has not started is cancelled, one that has is finished", async () => {
  const play = await publish(stage, vaultPlay(stage.contracts, "Suspended"));
  const investor = await arrive(stage);
  await deposit(stage, investor);
  const begun = await entering(investor, play, "2000000000");
  const { admin } = stage.team;
  await carryOut(admin, begun.task, "allow");
  const waiting = await place(investor, play.id, { action: "enter", amount: "1000000000" });
  await orderIs(investor, waiting.id, "held");
  await admin.post(`/v1/users/${investor.client.user}/suspend`, { reason: "Chargeback" });
  await expect(place(investor, play.id, { action: "enter", amount: "1000000" })).rejects.toMatchObject({ status: 401 });
  const orderOf = (id: string) => () => admin.get<Order>(`/v1/orders/${id}`);
  const cancelled = await until("the order's end", orderOf(waiting.id), ({ status }) => status === "cancelled");
  expect(cancelled.reason).toBe("user-suspended");
  expect(await taskOf(admin, waiting.id)).toMatchObject({ status: "cancelled" });
  await carryOut(admin, begun.task, "deposit");
  await until("the other's end", orderOf(begun.order.id), ({ status }) => status === "filled");
  const { task: tasks, play: plays, wallet } = stand.platform().services;
  const viewer = { user: investor.client.user as UserId, any: false };
  const held = await until(
    "the holds to end",
    () => wallet.wallets.holds(investor.wallet, viewer),
    (holds) => holds.ok && holds.items.every(({ purpose }) => purpose.type === "position"),
  );
  expect(held).toMatchObject({ items: [{ purpose: { position: begun.order.id } }] });
  expect((await plays.kinds.capacities.load(play.id)).state.claimed).toBe(amount("2000000000"));
  expect((await tasks.kinds.orders.load(begun.order.id)).state).toMatchObject({ status: "filled" });
}, 120_000);

test("who may place orders for others signs for each; the order says who placed it, and stays its user's", async () => {
  const { url, team } = stage;
  const play = await publish(stage, vaultPlay(stage.contracts, "For others"));
  const { client, wallet } = await arrive(stage);
  const body = { play: play.id, version: 1, wallet, action: "enter", amount: "1000000", parameters: {} };
  const keyOf = (key: string) => ({ "idempotency-key": `${key}-${wallet}` });
  const headers = { authorization: `Bearer ${team.admin.accessToken}`, ...keyOf("order") };
  const type = "urn:lucent:problem:step-up-needed";
  const refusal = () => call(url, "POST", "/v1/orders", { body, headers }).catch((error: Refused) => error);
  // The wallet has just been made: that may not be known here yet.
  const unsigned = await until("the wallet to be known", refusal, ({ status }) => status !== 404);
  expect(unsigned).toMatchObject({ status: 403, problem: { type, action: "order.place" } });
  const placed = await team.admin.post<Order & { placedBy: string }>("/v1/orders", body, keyOf("order"));
  expect(placed).toMatchObject({ user: client.user, placedBy: team.admin.user });
  const { body: retried } = await call<Order>(url, "POST", "/v1/orders", { body, headers });
  expect(retried.id).toBe(placed.id);
  expect(await client.get(`/v1/orders/${placed.id}`)).toMatchObject({ placedBy: team.admin.user });
  type Entry = { type: string; data: { by: string; proof?: { action: string } } };
  const journal = await team.admin.get<{ items: Entry[] }>(`/v1/audit?kind=order&aggregate=${placed.id}`);
  const { data } = journal.items.find((entry) => entry.type === "OrderPlaced") ?? {};
  expect(data).toMatchObject({ by: team.admin.user, proof: { action: "order.place" } });
  // An admin without the permission does not even see the wallet; nor does anybody take back what is another's.
  const foreign = team.approver.post("/v1/orders", body, keyOf("approver"));
  await expect(foreign).rejects.toMatchObject({
    status: 404,
    problem: { type: "urn:lucent:problem:wallet-not-found" },
  });
  await expect(team.admin.post(`/v1/orders/${placed.id}/cancel`)).rejects.toMatchObject({ status: 404 });
}, 60_000);

/** Orders to enter, and has the order's task ready for its transactions. */
async function entering(investor: Investor, play: Published, amount: string) {
  const { admin, approver } = stage.team;
  const order = await place(investor, play.id, { action: "enter", amount });
  const { id: task } = await taskOf(admin, order.id);
  await admin.post(`/v1/tasks/${task}/claim`);
  await admin.post(`/v1/tasks/${task}/steps/check/complete`, { evidence: { sharePrice: "1" } });
  await approver.post(`/v1/tasks/${task}/steps/release/approvals`, { decision: "approve" });
  return { order, task };
}

test("an allowance that a filled order leaves on the chain is an incident; settling it leaves the order filled", async () => {
  const play = await publish(stage, halfDepositingPlay(stage.contracts, "Half a deposit"));
  const investor = await arrive(stage);
  await deposit(stage, investor);
  const { admin } = stage.team;
  const { order, task } = await entering(investor, play, "3000000000");
  await carryOut(admin, task, "allow", "deposit");
  await orderIs(investor, order.id, "filled");
  const { contracts, assets, chain } = stage;
  const left = await chain.allowance(contracts.token, investor.address, contracts.vault);
  expect(left).toBe("1500000000");
  const { id, ...incident } = await incidentOf(order);
  expect(incident).toMatchObject({
    ...{ order: order.id, reason: "allowance-left", detail: `${left} of ${assets.token} for ${contracts.vault}` },
  });
  const resolved = await admin.post(`/v1/incidents/${id}/resolve`, { resolution: "The next order takes it back" });
  expect(resolved).toMatchObject({ status: "resolved" });
  const { state } = await until(
    "the order to hear of it",
    () => stand.platform().services.task.kinds.orders.load(order.id),
    ({ revision }) => revision > 4,
  );
  expect(state).toMatchObject({ status: "filled" });
  for (const { footing } of Object.values(stand.platform().services)) {
    expect((await footing.parked.list({ limit: 10 })).items).toEqual([]);
  }
}, 120_000);
