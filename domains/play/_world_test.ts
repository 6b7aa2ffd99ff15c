import { FunctionFragment } from "ethers";
import { createSchemas } from "../../adapters/ajv/mod.ts";
import { createStores, openDatabase } from "../../adapters/sqlite/mod.ts";
import { digest, newId } from "../../adapters/system/mod.ts";
import type { Cause, Proof } from "../../ports/mod.ts";
import {
  type AccountId,
  type AssetId,
  amount,
  type Instant,
  later,
  type NetworkId,
  type UserId,
} from "../shared/mod.ts";
import type { OrderTerms } from "./capacity.ts";
import type { Checking } from "./checks.ts";
import type { PlayDefinition } from "./definition.ts";
import * as play from "./mod.ts";

export const at = "2026-11-23T00:00:00.000Z" as Instant;
export const author = "u1" as UserId;
export const offerer = "u2" as UserId;
export const approver = "u3" as UserId;
export const investor = "u4" as UserId;

export const network = "eip155:31337" as NetworkId;
export const token = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
export const vault = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512";
export const usd = `${network}/erc20:${token}` as AssetId;
export const shares = `${network}/erc20:${vault}` as AssetId;
export const approve = "function approve(address spender, uint256 amount) returns (bool)";
export const deposit = "function deposit(uint256 assets, address receiver) returns (uint256)";
export const redeem = "function redeem(uint256 shares, address receiver, address owner) returns (uint256)";

const wallet = { from: "wallet.address" };

/** A play that puts dollars into a vault. */
export const definition: PlayDefinition = {
  ...{ title: "Steady vault", summary: "Lends dollars", description: "Deposits into a vault", strategy: "staking" },
  ...{ network, asset: usd, minimum: amount("10"), maximum: amount("1000"), capacity: amount("1500") },
  ...{ slippageBps: 50, risk: "low", fees: { entryBps: 0, exitBps: 0, performanceBps: 0 } },
  parameters: { type: "object", properties: { note: { type: "string", maxLength: 40 } }, additionalProperties: false },
  display: { icon: "vault", colour: "#2f6f4f", tags: ["stable"] },
  contracts: [
    { address: token, functions: [approve] },
    { address: vault, functions: [deposit, redeem] },
  ],
  ...{ spenders: [vault], assets: [{ asset: shares, accrual: "none" }] },
  enter: [
    {
      ...{ id: "check", title: "Check", type: "manual", instructions: "Look" },
      evidence: { type: "object", properties: { seen: { type: "boolean" } }, required: ["seen"] },
    },
    { id: "release", title: "Release", type: "approval", approvals: 1, permission: "task:approve" },
    {
      ...{ id: "allow", title: "Allow", type: "transaction" },
      intent: { type: "call", to: token, function: approve, arguments: [vault, { from: "order.amount" }] },
    },
    {
      ...{ id: "deposit", title: "Deposit", type: "transaction" },
      intent: { type: "call", to: vault, function: deposit, arguments: [{ from: "order.amount" }, wallet] },
      compensation: {
        ...{ type: "call", to: vault, function: redeem },
        arguments: [{ from: `steps.deposit.effects.${shares}` }, wallet, wallet],
      },
    },
  ],
  exit: [
    {
      ...{ id: "redeem", title: "Redeem", type: "transaction" },
      intent: {
        ...{ type: "call", to: vault, function: redeem },
        arguments: [{ least: [{ from: "order.amount" }, { from: `position.${shares}` }] }, wallet, wallet],
      },
    },
  ],
};

function selector(fragment: string): string {
  try {
    return FunctionFragment.from(fragment).selector;
  } catch {
    return "malformed";
  }
}

export const checking: Checking = {
  schemas: createSchemas(),
  selector,
  permissions: ["task:approve", "task:execute"],
};

export const proof: Proof = {
  ...{ account: `${network}:${token}` as AccountId, action: "play.approve", digest: "00".repeat(32) },
  ...{ message: "text", signature: "0x" },
};

/** The play, and its version 1, as the decisions see them. */
export const publishedPlay = (
  [
    { type: "PlayDrafted", definition, digest: digest(definition), by: author },
    { type: "PlayOffered", digest: digest(definition), by: offerer, at, proof },
    { type: "PlayPublished", version: 1, digest: digest(definition), title: definition.title, by: approver, at },
  ] as const satisfies readonly play.PlayEvent[]
).reduce<play.Play>(play.playKind.evolve, play.playKind.initial);

export const publishedVersion = {
  ...{ status: "published", play: "p1", version: 1, digest: digest(definition), definition, publishedAt: at },
} as const satisfies play.PlayVersion;

export function causeOf(actor: UserId, key?: string): Cause {
  return { actor, correlation: "c1", ...(key !== undefined && { key, event: key }) };
}

/** What an investor's order asks of the play. */
export function termsOf(playId: string, order: string, given: Partial<OrderTerms> = {}): OrderTerms {
  return {
    ...{ order, user: investor, play: playId, version: 1, digest: digest(definition), wallet: "w1", action: "enter" },
    ...{ amount: amount("100"), asset: usd, network, parameters: {} },
    ...given,
  };
}

/** The play service on stores in memory, with a clock that the test turns; signatures hold unless they are "forged". */
export function startPlays(wrap: <Store extends object>(store: Store) => Store = (store) => store) {
  let now = at;
  const clock = () => now;
  const stores = createStores(openDatabase(":memory:"), clock);
  const plays = wrap(stores.open(play.playKind));
  const versions = stores.open(play.playVersionKind);
  const capacities = stores.open(play.capacityKind);
  const claims = stores.open(play.claimKind);
  const verifyProof = async ({ signature }: Proof) => signature !== "forged";
  const service = play.createPlayService({
    ...{ plays, versions, capacities, claims, verifyProof, digest, clock, newId, ...checking },
  });

  async function offered(drafted: PlayDefinition = definition) {
    const outcome = await service.draft(drafted, causeOf(author));
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    const id = outcome.id as play.PlayId;
    await service.offer(id, proof, causeOf(offerer));
    return { id, digest: digest(drafted), revision: outcome.revision };
  }

  return {
    ...{ service, stores, plays, versions, capacities, claims, offered },
    async published(drafted: PlayDefinition = definition) {
      const { id, digest } = await offered(drafted);
      const outcome = await service.judge(id, { decision: "approve", digest, proof }, causeOf(approver));
      if (!outcome.ok) throw new Error(outcome.refusal);
      return id;
    },
    /** Publishes a next version. */
    async next(id: play.PlayId, drafted: PlayDefinition) {
      const { revision } = await plays.load(id);
      await service.revise(id, revision, drafted, causeOf(author));
      await service.offer(id, proof, causeOf(offerer));
      return service.judge(id, { decision: "approve", digest: digest(drafted), proof }, causeOf(approver));
    },
    pass(seconds: number): void {
      now = later(now, seconds);
    },
  };
}
