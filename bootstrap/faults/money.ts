/**
 * Orders that move money while all else goes on.
 *
 * @module
 */
import { createDemoChain } from "../demo/chain.ts";
import { advance, createInvestor, type Investor, type Task, teamOf } from "../end_to_end/crash/people.ts";
import { investorFaults } from "../end_to_end/crash/verdict.ts";
import type { AnyStore } from "../rebuild.ts";
import type { Deeds } from "./deeds.ts";
import type { Records } from "./records.ts";
import type { Stage } from "./stage.ts";

export type Money = {
  /** Places so many orders for each investor, one after another, and sees them through. */
  move(orders: number): Promise<void>;
  /** What is wrong with the orders, on the chain, in wallets and ledgers. */
  faults(records: Records): Promise<readonly string[]>;
};

type Known = { readonly id: string; readonly status: string };

const ended = ["filled", "compensated", "refused", "cancelled", "incident"];
const betweenLooks = 200;
/** To allow the vault to take the amount, and to deposit it. */
const transactions = 2;

export async function createMoney({ url, development, play }: Stage, deeds: Deeds, investors: number): Promise<Money> {
  const people = await Promise.all(Array.from({ length: investors }, () => createInvestor(url, development)));
  const team = teamOf(url);
  const placed = new Map<Investor, Known[]>();

  async function place(investor: Investor, tag: string): Promise<string> {
    const { wallet, speak } = investor;
    const body = { play, version: 1, wallet, action: "enter", amount: "1000000", parameters: { reference: tag } };
    for (;;) {
      const order = await speak((client) => client.post<Known>("/v1/orders", body, { "idempotency-key": tag }));
      if (order) return order.id;
      await Bun.sleep(betweenLooks);
    }
  }

  async function seeThrough({ speak }: Investor, id: string): Promise<Known> {
    for (;;) {
      const order = await speak((client) => client.get<Known>(`/v1/orders/${id}`));
      if (order && ended.includes(order.status)) return order;
      const page = await team.admin((client) => client.get<{ items: Task[] }>(`/v1/tasks?order=${id}`));
      for (const task of page?.items ?? []) await advance(task, team);
      await Bun.sleep(betweenLooks);
    }
  }

  async function moveAll(investor: Investor, name: number, orders: number): Promise<void> {
    const known: Known[] = [];
    placed.set(investor, known);
    for (let count = 0; count < orders; count++) {
      const tag = `money-${name}-${count}`;
      const id = await place(investor, tag);
      deeds.note("order/OrderPlaced", tag, "done");
      known.push(await seeThrough(investor, id));
    }
  }

  return {
    async move(orders) {
      await Promise.all(people.map((investor, name) => moveAll(investor, name, orders)));
    },
    async faults({ books }) {
      const stores = books.flatMap((each) => each.stores);
      const storeOf = (name: string) => stores.find(({ kind }) => kind.name === name) as AnyStore;
      const kept = { wallets: storeOf("wallet"), transfers: storeOf("transfer"), ledgers: storeOf("ledger") };
      const chain = createDemoChain(development.chainUrl);
      const faults: string[] = [];
      for (const [investor, orders] of placed) {
        const unfilled = orders.filter(({ status }) => status !== "filled");
        faults.push(...unfilled.map(({ id, status }) => `Order ${id} is ${status}`));
        const landed = await chain.nonce(investor.address);
        if (landed !== orders.length * transactions) {
          faults.push(`${landed} transactions of ${investor.user} landed, of ${orders.length} orders`);
        }
        faults.push(...(await investorFaults(kept, development, chain, investor)));
      }
      chain.close();
      return faults;
    },
  };
}
