import { amount } from "../../domains/shared/mod.ts";
import { Refused } from "../client.ts";
import { mintYield } from "../development/deploy.ts";
import { balances, type Investor, sameAsChain } from "./investor.ts";
import { part, refused, type Stage, same, tell } from "./stage.ts";
import { carryOut, type Published, taskOf } from "./team.ts";
import { until } from "./until.ts";

const invested = "4000000000";
const yielded = amount("250000000");
const sharePrice = "1000000";

export type Order = { id: string; status: string; reason?: string };
type Position = {
  id: string;
  status: string;
  holdings: { asset: string; amount: string }[];
  value: string | null;
  profit: { realised: string; unrealised: string | null };
};

/** Places an order; a client's retry places no second one. */
export async function place({ client, wallet }: Investor, play: string, order: object): Promise<Order> {
  const body = { play, version: 1, wallet, parameters: {}, ...order };
  const key = { "idempotency-key": crypto.randomUUID() };
  const placed = await onceKnown(() => client.post<Order>("/v1/orders", body, key));
  const retried = await client.post<Order>("/v1/orders", body, key);
  same("the retry with the same key is the same order", retried.id, placed.id);
  return placed;
}

/** Services learn of each other's news a moment later: a play that was published just now may not be known to all of them. */
async function onceKnown<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const isNews = (error: unknown) => error instanceof Refused && error.status === 404;
  const attempt = () => ask().catch((error) => (isNews(error) ? undefined : Promise.reject(error)));
  return (await until("the news to be known", attempt, (answer) => answer !== undefined, 10_000)) as Answer;
}

/** Waits until an order has come to this status. */
export function orderIs({ client }: Investor, id: string, wanted: string): Promise<Order> {
  const ended = ["filled", "compensated", "refused", "cancelled", "incident"];
  return until(
    `the order to be ${wanted}`,
    () => client.get<Order>(`/v1/orders/${id}`),
    ({ status, reason }) => {
      if (status === wanted) return true;
      if (ended.includes(status)) throw new Error(`The order is ${status} (${reason}), and not ${wanted}`);
      return false;
    },
  );
}

/** Money goes into the play: held, checked by one person, approved by another, sent by transactions. */
export async function enter(stage: Stage, investor: Investor, play: Published): Promise<string> {
  part("They order to enter; amount and fees are held, and a task opens for the team");
  const { chain, contracts, assets, team } = stage;
  const { client, wallet, own, address } = investor;
  const { id } = await place(investor, play.id, { action: "enter", amount: invested });
  await orderIs(investor, id, "held");
  const held = (await balances(investor))(assets.token);
  same("DUSD held for the order", held.held, invested);
  await refused("a transfer of the same money", "funds-insufficient", () =>
    client.post(
      "/v1/transfers",
      { wallet, network: contracts.network, intent: { type: "send", asset: assets.token, to: own, amount: invested } },
      { "idempotency-key": crypto.randomUUID() },
    ),
  );

  part("One of the team claims the task and checks; another approves; transactions are signed, mined, final");
  const { admin, approver } = team;
  const { id: task } = await taskOf(admin, id);
  const steps = `/v1/tasks/${task}/steps`;
  await admin.post(`/v1/tasks/${task}/claim`);
  await refused("a second claim", "task-claimed", () => approver.post(`/v1/tasks/${task}/claim`));
  await refused("evidence that is none", "evidence-faulty", () =>
    admin.post(`${steps}/check/complete`, { evidence: { sharePrice: "high" } }),
  );
  await admin.post(`${steps}/check/complete`, { evidence: { sharePrice, note: "As the day before" } });
  await refused("the approval of who carried out a step", "executor-cannot-approve", () =>
    admin.post(`${steps}/release/approvals`, { decision: "approve" }),
  );
  await approver.post(`${steps}/release/approvals`, { decision: "approve" });
  await carryOut(admin, task, "allow", "deposit");
  await orderIs(investor, id, "filled");

  part("What it changed is read from the chain and posted to the ledger; the position is open");
  const position = await positionIs(investor, id, "open");
  const shares = await chain.balance(contracts.vault, address);
  same("vDUSD in the position, as on the chain", position.holdings, [{ asset: assets.shares, amount: shares }]);
  same("the position's worth in DUSD, as the vault says", position.value, await chain.worth(contracts.vault, shares));
  same("the allowance that is left", await chain.allowance(contracts.token, address, contracts.vault), "0");
  await sameAsChain(stage, investor);
  const { value, allocation } = await client.get<{ value: string; allocation: unknown }>("/v1/portfolio");
  tell(`the portfolio is worth ${value} USD`);
  same("its allocation", allocation, [{ play: play.id, share: "100.00" }]);
  return position.id;
}

/** The vault earns, and they leave whole: what it earned is their profit. */
export async function leave(stage: Stage, investor: Investor, play: Published, position: string): Promise<void> {
  part("The vault earns, and they leave the play whole");
  const { chain, contracts, team } = stage;
  const { client, address } = investor;
  await mintYield(chain.url, contracts, yielded);
  const shares = await chain.balance(contracts.vault, address);
  const worth = await chain.worth(contracts.vault, shares);
  const grown = await client.get<Position>(`/v1/portfolio/positions/${position}`);
  same("the position's worth in DUSD, as the vault says", grown.value, worth);
  const before = BigInt(await chain.balance(contracts.token, address));
  const { id } = await place(investor, play.id, { action: "exit", amount: "all", position });
  const { id: task } = await taskOf(team.admin, id);
  await team.admin.post(`/v1/tasks/${task}/claim`);
  await carryOut(team.admin, task, "redeem");
  await orderIs(investor, id, "filled");
  const closed = await positionIs(investor, position, "closed");
  const proceeds = BigInt(await chain.balance(contracts.token, address)) - before;
  same("the profit in DUSD, as on the chain", closed.profit.realised, `${proceeds - BigInt(invested)}`);
  same("vDUSD left on the chain", await chain.balance(contracts.vault, address), "0");
  await sameAsChain(stage, investor);
  await freeOfHolds(stage, investor);
}

/** Nothing is set aside any more. */
export async function freeOfHolds({ assets }: Stage, investor: Investor): Promise<void> {
  const all = await until(
    "the holds to be released",
    () => balances(investor),
    (read) => Object.values(assets).every((asset) => read(asset).held === "0"),
  );
  same(
    "held in the wallet",
    Object.values(assets).map((asset) => all(asset).held),
    ["0", "0", "0"],
  );
}

async function positionIs({ client }: Investor, id: string, status: string): Promise<Position> {
  const { items } = await until(
    `the position to be ${status}`,
    () => client.get<{ items: Position[] }>(`/v1/portfolio/positions?status=${status}`),
    (page) => page.items.some((position) => position.id === id),
  );
  return items.find((position) => position.id === id) as Position;
}
