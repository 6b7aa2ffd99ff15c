import { createSchemas } from "../../adapters/ajv/mod.ts";
import { createStores, openDatabase } from "../../adapters/sqlite/mod.ts";
import { deriveId, newId } from "../../adapters/system/mod.ts";
import type { Cause, Envelope, Proof } from "../../ports/mod.ts";
import { reactor } from "../../ports/mod.ts";
import {
  type AccountId,
  type AssetId,
  amount,
  type Delta,
  delta,
  type Instant,
  later,
  type NetworkId,
  negate,
  type UserId,
  type Value,
} from "../shared/mod.ts";
import * as task from "./mod.ts";
import type { Intent, StepDefinition, Terms } from "./offer.ts";

export const at = "2026-11-23T00:00:00.000Z" as Instant;
export const investor = "u1" as UserId;
export const admin = "u2" as UserId;
export const rival = "u3" as UserId;
export const approver = "u4" as UserId;

export const network = "eip155:31337" as NetworkId;
export const native = `${network}/slip44:60` as AssetId;
export const usd = `${network}/erc20:0xUsd` as AssetId;
export const shares = `${network}/erc20:0xVault` as AssetId;

const call = (name: string, ...given: Value[]): Intent => {
  return { type: "call", to: "0xVault", function: `function ${name}()`, arguments: given };
};

export const check: StepDefinition = {
  ...{ id: "check", title: "Check", type: "manual", instructions: "Look" },
  evidence: { type: "object", properties: { seen: { type: "boolean" } }, required: ["seen"] },
};
export const release: StepDefinition = {
  ...{ id: "release", title: "Release", type: "approval", approvals: 1, permission: "task:approve" },
};
export const allow: StepDefinition = {
  ...{ id: "allow", title: "Allow", type: "transaction" },
  intent: call("approve", { from: "order.amount" }),
  compensation: call("approve", "0"),
};
export const deposit: StepDefinition = {
  ...{ id: "deposit", title: "Deposit", type: "transaction" },
  intent: call("deposit", { from: "order.amount" }),
  compensation: call("redeem", { from: `steps.deposit.effects.${shares}` }),
};
export const redeem: StepDefinition = {
  ...{ id: "redeem", title: "Redeem", type: "transaction" },
  intent: call("redeem", { least: [{ from: "order.amount" }, { from: `position.${shares}` }] }),
  compensation: call("deposit", { from: `steps.redeem.effects.${usd}` }),
};
export const pay: StepDefinition = {
  ...{ id: "pay", title: "Pay", type: "transaction" },
  intent: { type: "send", asset: usd, to: "0xFriend", amount: "1" },
};

export const terms: Terms = {
  ...{ title: "Steady vault", network, asset: usd, minimum: amount("10"), maximum: amount("1000") },
  parameters: { type: "object", properties: { note: { type: "string" } }, additionalProperties: false },
  ...{ enter: [check, release, allow, deposit], adjust: [deposit], exit: [redeem, pay] },
};

export const proof: Proof = {
  ...{ account: `${network}:0x1` as AccountId, action: "task.approve", digest: "00".repeat(32) },
  ...{ message: "text", signature: "0x" },
};

export function causeOf(actor: UserId, key?: string): Cause {
  return { actor, correlation: "c1", ...(key !== undefined && { key, event: key }) };
}

type Change = { readonly asset: AssetId; readonly delta: Delta };

/** What a transaction changed: by asset, in words that read like the ledger's. */
export function effectsOf(changes: Readonly<Record<AssetId, string>>): readonly Change[] {
  return Object.entries(changes).map(([asset, change]) => ({ asset: asset as AssetId, delta: delta(change) }));
}

const gas = amount("21");

/** A transfer's end as the wallet tells it: the fee is among the effects. */
export function settled(changes: Readonly<Record<AssetId, string>> = {}, outcome: "success" | "reverted" = "success") {
  const effects = [...effectsOf(changes), { asset: native, delta: negate(gas) }];
  return { outcome, effects, fee: { asset: native, amount: gas } };
}

/**
 * The task service on stores in memory, with a clock that the test turns; signatures hold unless they are "forged". What it
 * tells itself reaches it when the test says `settle()`, each event twice.
 */
export function startTasks(wrap: <Store extends object>(store: Store) => Store = (store) => store) {
  let now = at;
  const clock = () => now;
  const stores = createStores(openDatabase(":memory:"), clock);
  const kinds = {
    ...{ orders: stores.open(task.orderKind), tasks: wrap(stores.open(task.taskKind)) },
    ...{ incidents: stores.open(task.incidentKind), holdings: stores.open(task.holdingKind) },
    ...{ offers: stores.open(task.offerKind), versions: stores.open(task.offeredVersionKind) },
    ...{ ownedWallets: stores.open(task.ownedWalletKind), suspensions: stores.open(task.suspensionKind) },
  };
  const verifyProof = async ({ signature }: Proof) => signature !== "forged";
  const service = task.createTaskService({ ...kinds, schemas: createSchemas(), verifyProof, clock, newId, deriveId });
  const reactions = task.taskReactions(service.orders, service.tasks);
  const own = [reactor(task.taskKind, reactions.task), reactor(task.incidentKind, reactions.incident)];
  let read: string | undefined;
  let keys = 0;

  /** The cause of something that another service said. */
  const told = () => causeOf(investor, `elsewhere/${++keys}`);

  async function react(envelope: Envelope): Promise<void> {
    for (const { kind, react } of own) if (kind === envelope.kind) await react(envelope);
  }

  return {
    ...{ ...kinds, ...service, stores, reactions, told, clock },
    taskOf: (order: string) => deriveId("task", order),
    pass(seconds: number): void {
      now = later(now, seconds);
    },
    /** Lets the service hear what it said itself, until there is no more; `again`: from the first word on. */
    async settle(again = false): Promise<void> {
      if (again) read = undefined;
      for (;;) {
        const page = await stores.journal.read({ order: "ascending", limit: 50, ...(read && { after: read }) });
        for (const { envelope, cursor } of page.items) {
          read = cursor;
          await react(envelope);
          await react(envelope);
        }
        if (page.items.length === 0) return;
      }
    },
    /** A play of these terms, and a wallet of the investor. */
    async offer(given: Partial<Terms> = {}, version = 1, id = "p1"): Promise<void> {
      const { play, play_version, wallet } = reactions;
      const definition = { ...terms, ...given };
      await play.PlayPublished({ version }, id, told());
      const published = { play: id, version, digest: `d${version}`, definition };
      await play_version.VersionPublished(published, `${id}-${version}`, told());
      await wallet.WalletCreated({ user: investor }, "w1", told());
    },
    async place(id: string, given: Partial<task.AskOrder> = {}, actor = investor) {
      const asked = { play: "p1", version: 1, wallet: "w1", action: "enter", amount: amount("100"), parameters: {} };
      return service.orders.place(id, { ...asked, ...given } as task.AskOrder, causeOf(actor));
    },
    /** The wallet holds what an order needs. */
    hold: (order: string) =>
      reactions.wallet.FundsHeld({ purpose: { type: "order", order } }, "w1", told()) as Promise<unknown>,
    /** A transfer of an order's task ended. */
    end: (order: string, transfer: string, ended: ReturnType<typeof settled>) => {
      const purpose = { type: "order", order, task: deriveId("task", order) };
      return reactions.transfer.TransferSettled({ ...ended, purpose }, transfer, told());
    },
    fail: (order: string, transfer: string, reason: string) => {
      const purpose = { type: "order", order, task: deriveId("task", order) };
      return reactions.transfer.TransferFailed({ reason, purpose }, transfer, told());
    },
    /** What one aggregate recorded. */
    async events(kind: string, aggregate: string) {
      const { items } = await stores.journal.read({ kind, aggregate, order: "ascending", limit: 100 });
      return items.map(({ envelope }) => envelope.event);
    },
  };
}

export type Started = ReturnType<typeof startTasks>;
