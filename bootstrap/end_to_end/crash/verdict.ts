/**
 * What a crash campaign left, counted: in the stores, through the API, and on the chain.
 *
 * @module
 */
import type { Page } from "../../../ports/mod.ts";
import { createDemoChain } from "../../demo/chain.ts";
import { until } from "../../demo/until.ts";
import type { Development } from "../../development/mod.ts";
import type { Platform, Services } from "../../platform.ts";
import { differences } from "../../rebuild.ts";
import type { Investor, Placed } from "./people.ts";

export type Verdict = {
  /** Orders by status. */
  readonly orders: Readonly<Record<string, number>>;
  /** What is wrong; empty where all held. */
  readonly faults: readonly string[];
};

/** Waits until all is quiet, then looks at everything. */
export async function judge(
  platform: Platform,
  development: Development,
  investors: readonly Investor[],
  placed: readonly Placed[],
): Promise<Verdict> {
  const { services } = platform;
  const orders = await settledOrders(services);
  const faults = [
    ...orderFaults(orders, placed),
    ...(await parkedFaults(services)),
    ...(await journalFaults(platform)),
    ...(await capacityFaults(services, orders)),
  ];
  const chain = createDemoChain(development.chainUrl);
  const { wallets, transfers } = services.wallet.kinds;
  const kept = { wallets, transfers, ledgers: services.portfolio.kinds.ledgers };
  for (const investor of investors) faults.push(...(await investorFaults(kept, development, chain, investor)));
  chain.close();
  return { orders: countBy(orders.map(({ status }) => status)), faults };
}

type Known = {
  readonly id: string;
  readonly status: string;
  readonly amount: string;
  readonly play: string;
  readonly reason?: string;
};

/** Every order that was placed is there once, and ended as it had to. */
function orderFaults(orders: readonly Known[], placed: readonly Placed[]): string[] {
  const extra = orders.filter(({ id }) => !placed.some((each) => each.id === id));
  const wrong = placed.flatMap(({ id, end }) => {
    const { status = "lost", reason } = orders.find((order) => order.id === id) ?? {};
    return status === end ? [] : [`Order ${id} is ${status} (${reason}), and not ${end}`];
  });
  return [...extra.map(({ id }) => `Nobody placed order ${id}`), ...wrong];
}

async function settledOrders({ task }: Services): Promise<Known[]> {
  const { orders } = task.kinds;
  const all = async () => {
    const found = await everything((after) =>
      orders.find({ where: { status: [...ended, ...going] }, limit: 200, ...after }),
    );
    return found.map(({ id, state }) => ({ id, ...state }) as Known);
  };
  return await until(
    "every order to end",
    all,
    (found) => found.every(({ status }) => ended.includes(status)),
    120_000,
  );
}

const ended = ["filled", "compensated", "refused", "cancelled", "incident"];
const going = ["placed", "held", "in_progress", "compensating"];

async function parkedFaults(services: Services): Promise<string[]> {
  const lists = await Promise.all(Object.values(services).map(({ footing }) => footing.parked.list({ limit: 100 })));
  return lists.flatMap(({ items }) => items.map(({ event, reason }) => `${event.id} is parked: ${reason}`));
}

async function journalFaults({ services, audit, witness }: Platform): Promise<string[]> {
  await witness.witnessNow();
  const { holds, services: verified } = await audit.verify();
  const broken = holds
    ? []
    : verified.flatMap(({ service, offence }) => (offence ? [`The journal of ${service} does not hold`] : []));
  const rebuilt = Object.values(services).map(({ footing, stores }) => differences(footing.stores.journal, stores));
  const different = (await Promise.all(rebuilt)).flat();
  return [...broken, ...different.map((name) => `${name} is not what its journal makes of it`)];
}

/** What a play's capacity has claimed is what its filled orders took. */
async function capacityFaults({ play }: Services, orders: readonly Known[]): Promise<string[]> {
  const plays = [...new Set(orders.map((order) => order.play))];
  const faults = plays.map(async (id) => {
    const { claimed } = (await play.kinds.capacities.load(id)).state;
    const filled = orders.filter((order) => order.play === id && order.status === "filled");
    const taken = filled.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    return BigInt(claimed) === taken ? [] : [`Of play ${id}, ${claimed} is claimed and ${taken} was taken`];
  });
  return (await Promise.all(faults)).flat();
}

type Chain = ReturnType<typeof createDemoChain>;
type Kept = Pick<Services["wallet"]["kinds"], "wallets" | "transfers"> &
  Pick<Services["portfolio"]["kinds"], "ledgers">;

/** The chain, the wallet and the ledger of one investor agree; nothing landed twice; nothing is held for what is over. */
export async function investorFaults(
  { wallets, transfers, ledgers }: Kept,
  { contracts }: Development,
  chain: Chain,
  investor: Investor,
): Promise<string[]> {
  const { network, token, vault } = contracts;
  const { user, wallet, address } = investor;
  const { state } = await wallets.load(wallet);
  if (state.status !== "open") return [`The wallet of ${user} is gone`];
  const onChain: Record<string, string> = {
    [`${network}/slip44:60`]: await chain.native(address),
    [`${network}/erc20:${token}`]: await chain.balance(token, address),
    [`${network}/erc20:${vault}`]: await chain.balance(vault, address),
  };
  const { balances } = (await ledgers.load(user)).state;
  const faults: string[] = [];
  for (const [asset, wanted] of Object.entries(onChain)) {
    const inWallet = state.balances[asset] ?? "0";
    if (inWallet !== wanted) faults.push(`${asset} of ${user}: ${inWallet} in the wallet, ${wanted} on the chain`);
    const inLedger = sumOf(balances, asset);
    if (inLedger !== wanted) faults.push(`${asset} of ${user}: ${inLedger} in the ledger, ${wanted} on the chain`);
  }
  const allowed = await chain.allowance(token, address, vault);
  if (allowed !== "0") faults.push(`${user} left an allowance of ${allowed}`);
  const left = Object.entries(state.holds).filter(([, { purpose }]) => purpose.type !== "position");
  faults.push(...left.map(([id, { purpose }]) => `${user} still holds for ${purpose.type} ${id}`));
  const sent = await everything((after) =>
    transfers.find({ where: { user: user as never, wallet, at: {} }, limit: 200, ...after }),
  );
  const landed = sent.filter(({ state: { status } }) => status === "final").length;
  const nonce = await chain.nonce(address);
  if (landed !== nonce) faults.push(`${nonce} transactions of ${user} landed, of ${landed} transfers`);
  const open = sent.filter(({ state: { status } }) => !["final", "failed"].includes(status));
  faults.push(...open.map(({ id, state: { status } }) => `Transfer ${id} is ${status}`));
  return faults;
}

function sumOf(balances: Readonly<Record<string, Readonly<Record<string, string>>>>, asset: string): string {
  const own = Object.entries(balances).filter(([account]) => !/^(external|fees:)/.test(account));
  return `${own.reduce((sum, [, held]) => sum + BigInt(held[asset] ?? "0"), 0n)}`;
}

function countBy(words: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
}

async function everything<Item>(find: (after: { readonly after?: string }) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let after: { readonly after?: string } = {};
  for (;;) {
    const page = await find(after);
    items.push(...page.items);
    if (page.next === undefined) return items;
    after = { after: page.next };
  }
}
