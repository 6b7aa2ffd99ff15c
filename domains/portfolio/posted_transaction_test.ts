import { expect, test } from "bun:test";
import { type AccountId, type AssetId, amount, delta, type NetworkId } from "../shared/mod.ts";
import type { Settlement } from "./entries.ts";
import {
  evolve,
  type PostedTransaction,
  type Posting,
  postDeposit,
  postedTransactionId,
  postedTransactionKind,
  postSettlement,
  reverseDeposit,
} from "./posted_transaction.ts";

const network = "eip155:31337" as NetworkId;
const asset = "eip155:31337/slip44:60" as AssetId;
const common = { wallet: "w1", network, hash: "0x1" };
const deposit = { ...common, deposit: "d1", asset, amount: amount("5") };
const settlement: Settlement = {
  ...common,
  ...{ transfer: "t1", outcome: "success", hold: "t1", purpose: { type: "user" } },
  effects: [{ asset, delta: delta("4"), held: delta("0") }],
  fee: { asset, amount: amount("1") },
};

type Decide = (posted: PostedTransaction) => Posting;

/** What the last of several facts posts. */
function last(...decisions: readonly Decide[]): Posting {
  let posted = postedTransactionKind.initial;
  let posting: Posting = { entries: [], events: [] };
  for (const decide of decisions) {
    posting = decide(posted);
    posted = posting.events.reduce(evolve, posted);
  }
  return posting;
}

const deposited: Decide = (posted) => postDeposit(posted, deposit);
const reversed: Decide = (posted) => reverseDeposit(posted, "d1");
const settled: Decide = (posted) => postSettlement(posted, settlement);
const reasons = ({ entries }: Posting) => entries.map(({ reason }) => reason.type);

test("a deposit and a transfer are posted once, whatever is told again", () => {
  expect(reasons(last(deposited))).toEqual(["deposit"]);
  expect(last(deposited, deposited)).toEqual({
    entries: [],
    events: [{ type: "NothingPosted", source: "d1", reason: "already-posted" }],
  });
  expect(reasons(last(settled))).toEqual(["transfer"]);
  expect(reasons(last(settled, settled))).toEqual([]);
});

test("two deposits of one transaction are posted each", () => {
  expect(reasons(last(deposited, (posted) => postDeposit(posted, { ...deposit, deposit: "d2" })))).toEqual(["deposit"]);
});

test("a deposit in a transfer's own transaction counts once, whichever is told first", () => {
  expect(reasons(last(settled, deposited))).toEqual([]);
  expect(reasons(last(deposited, settled))).toEqual(["deposit-reverted", "transfer"]);
});

test("a deposit that vanished after it was final is taken back, and may come again", () => {
  expect(reasons(last(deposited, reversed))).toEqual(["deposit-reverted"]);
  expect(reasons(last(deposited, reversed, deposited))).toEqual(["deposit"]);
});

test("a deposit that vanished before it was final was never in the ledger", () => {
  expect(last(reversed).events).toEqual([{ type: "NothingPosted", source: "d1", reason: "never-posted" }]);
});

test("postedTransactionId() tells two accounts of one transaction apart", () => {
  const [a, b] = ["eip155:1:0xaa", "eip155:1:0xbb"] as AccountId[];
  expect(postedTransactionId(a as AccountId, "0x1")).not.toBe(postedTransactionId(b as AccountId, "0x1"));
});
