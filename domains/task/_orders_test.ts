import { amount } from "../shared/mod.ts";
import {
  admin,
  causeOf,
  deposit,
  investor,
  proof,
  redeem,
  rival,
  settled,
  shares,
  startTasks,
  usd,
} from "./_world_test.ts";
import type { AskOrder } from "./mod.ts";

export const refused = (refusal: string) => ({ ok: false, refusal });
export const mine = { user: investor, any: false };
export const entered = { [usd]: "-100", [shares]: "95" };
export const left = { [shares]: "-95", [usd]: "110" };
/** A play without people's steps. */
export const quick = { enter: [deposit], adjust: [deposit], exit: [redeem] };
export const exit = { action: "exit", position: "o1" } as const;

/** What the investor's wallet may enter. */
export const asked: AskOrder = {
  ...{ play: "p1", version: 1, wallet: "w1", amount: amount("100"), parameters: {} },
  action: "enter",
};

/** Somebody who may place orders for anyone, and how often they were asked to sign. */
export function anyone(signature = "0x") {
  let asked = 0;
  const prove = async () => {
    asked += 1;
    return { ...proof, signature };
  };
  return { behalf: { viewer: { user: rival, any: true }, prove }, asked: () => asked };
}

/** The task service with a play of these terms, and orders that are carried out to the end. */
export async function startOrders(given = {}) {
  const started = startTasks();
  await started.offer(given);
  const { orders, place, hold, settle } = started;
  const statusOf = async (id: string) => {
    const found = await orders.get(id, mine);
    return found.ok ? found.view.status : found.refusal;
  };
  /** Transfers of an order's task, as it asked for them. */
  const asked = async (id: string) =>
    (await started.events("task", started.taskOf(id))).flatMap((event) =>
      event.type === "TransferAsked" ? [event as unknown as { transfer: string; step: string; scope: object }] : [],
    );
  return {
    ...{ ...started, statusOf, asked },
    /** Carries out an order of transaction steps; what each changed. */
    async carryOut(id: string, given: Partial<AskOrder>, ...changes: Parameters<typeof settled>[0][]): Promise<void> {
      const placed = await place(id, given);
      if (!placed.ok) throw new Error(placed.refusal);
      await hold(id);
      const task = started.taskOf(id);
      await started.tasks.claim(task, causeOf(admin));
      for (const change of changes) {
        const view = await started.tasks.task(task);
        const step = view.ok ? view.view.steps.find(({ status }) => status === "pending") : undefined;
        await started.tasks.complete(task, step?.id ?? "", undefined, causeOf(admin));
        await started.end(id, (await asked(id)).at(-1)?.transfer ?? "", settled(change));
      }
      await settle();
    },
  };
}
