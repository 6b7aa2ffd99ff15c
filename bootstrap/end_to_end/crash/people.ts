/**
 * The people of a crash campaign: investors who order, a team that carries the orders out. They try again whatever fails.
 *
 * @module
 */
import { Wallet } from "ethers";
import { amount } from "../../../domains/shared/mod.ts";
import { type Client, Refused, type Signer, signIn } from "../../client.ts";
import { until } from "../../demo/until.ts";
import { developmentSigner, localSigner } from "../../development/accounts.ts";
import { fund } from "../../development/deploy.ts";
import type { Development } from "../../development/mod.ts";

export type Investor = {
  readonly speak: Speak;
  readonly user: string;
  readonly wallet: string;
  readonly address: string;
};

/** Says something to the platform; undefined where it is down, or refuses. */
export type Speak = <Answer>(say: (client: Client) => Promise<Answer>) => Promise<Answer | undefined>;

/** Somebody who signs in when they must. */
export function speaking(url: string, signer: Signer): Speak {
  let client: Client | undefined;
  return async (say) => {
    try {
      client ??= await signIn(url, signer);
      return await say(client);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) client = undefined;
      return undefined;
    }
  };
}

const deposits = { native: amount("20000000000000000000"), token: amount("10000000000") };

/** A new investor with a wallet, and money in it that is final. */
export async function createInvestor(url: string, { chainUrl, contracts }: Development): Promise<Investor> {
  const signer = localSigner(Wallet.createRandom());
  const client = await signIn(url, signer);
  type Made = { id: string; accounts: { family: string; address: string }[] };
  const { id: wallet, accounts } = await client.post<Made>("/v1/wallets", { label: "Campaign" });
  const address = accounts.find(({ family }) => family === "evm")?.address ?? "";
  await fund(chainUrl, contracts, address, deposits);
  type Balance = { asset: string; final: string };
  await until(
    "the deposits to be final",
    () => client.get<Balance[]>(`/v1/wallets/${wallet}/balances`),
    (all) => all.filter(({ final }) => final !== "0").length >= 2,
  );
  return { speak: speaking(url, signer), user: client.user, wallet, address };
}

export type Wish = {
  readonly investor: Investor;
  readonly play: string;
  readonly amount: string;
  readonly key: string;
  /** How its order is to end. */
  readonly end: "filled" | "compensated";
};

export type Placed = Wish & { readonly id: string };

/** Asks until the order is placed. */
export async function place(wish: Wish): Promise<Placed> {
  const { investor, play, amount: wanted, key } = wish;
  const body = { play, version: 1, wallet: investor.wallet, action: "enter", amount: wanted, parameters: {} };
  for (;;) {
    const ask = (client: Client) => client.post<{ id: string }>("/v1/orders", body, { "idempotency-key": key });
    const placed = await investor.speak(ask);
    if (placed) return { ...wish, id: placed.id };
    await Bun.sleep(50);
  }
}

type Step = { id: string; type: string; status: string };
export type Task = { id: string; status: string; assignee?: string; steps: Step[] };
export type Team = { readonly admin: Speak; readonly approver: Speak };

/** The development accounts that carry tasks out. */
export function teamOf(url: string): Team {
  return { admin: speaking(url, developmentSigner("admin")), approver: speaking(url, developmentSigner("approver")) };
}

/** Does with a task what comes next. */
export async function advance({ id, assignee, steps }: Task, { admin, approver }: Team): Promise<void> {
  if (assignee === undefined) await admin((client) => client.post(`/v1/tasks/${id}/claim`));
  const step = steps.find(({ status }) => status !== "done");
  if (!step || step.status === "in_flight") return;
  const path = `/v1/tasks/${id}/steps/${step.id}`;
  if (step.status === "failed") await admin((client) => client.post(`${path}/retry`));
  else if (step.type === "approval") {
    await approver((client) => client.post(`${path}/approvals`, { decision: "approve" }));
  } else {
    const evidence = step.type === "manual" ? { evidence: { sharePrice: "1000000" } } : {};
    await admin((client) => client.post(`${path}/complete`, evidence));
  }
}

/** Carries out whatever tasks there are until it is stopped. */
export function startTeam(url: string): AsyncDisposable {
  const stop = new AbortController();
  const team = teamOf(url);

  const working = (async () => {
    while (!stop.signal.aborted) {
      const page = await team.admin((client) => client.get<{ items: Task[] }>("/v1/tasks?limit=200"));
      for (const task of page?.items ?? []) await advance(task, team);
      await Bun.sleep(50);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await working;
    },
  };
}
