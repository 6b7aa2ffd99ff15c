import { expect, test } from "bun:test";
import { ChainUnreachable, type ReadContract } from "../../ports/mod.ts";
import { amount, Unresolvable } from "../shared/mod.ts";
import { evm, shares, usd, usdContract, vaultContract } from "./_chain_test.ts";
import { start } from "./_flow_test.ts";
import { claimOf, definition, keyed, play, scopeOf, user } from "./_platform_test.ts";

type Read = Parameters<ReadContract>[1];

/** A chain that answers what is left of allowances, and notes what it was asked. */
async function withChain(answer: (call: Read) => string) {
  const asked: Read[] = [];
  const read: ReadContract = async (_network, call) => {
    asked.push(call);
    return answer(call);
  };
  const started = await start({ read });
  const { platform, id, mine } = started;
  const { claim, play_version, task } = platform.reactions;
  await play_version.VersionPublished({ ...play, definition }, "p1-1", keyed("published"));
  const [{ intent } = {}] = definition.enter;
  if (!intent) throw new Error("no intent");
  return {
    ...{ ...started, asked },
    /** An order that has sent its first transaction, or none. */
    async order(order: string, sends: boolean): Promise<void> {
      await claim.CapacityClaimed(claimOf(order, id, amount("100")), order, keyed(`claimed ${order}`));
      if (!sends) return;
      const step = { step: "s", transfer: `x-${order}`, compensation: false, scope: scopeOf(amount("100")) };
      const wanted = { ...play, ...step, order, user, wallet: id, network: evm.id, intent };
      await task.TransferAsked(wanted, "task1", keyed(`asked ${order}`));
      await platform.sender.idle();
      await mine(3);
    },
    release: (order: string) =>
      claim.CapacityReleased({ order, user, wallet: id }, order, keyed(`released ${order}`)) as Promise<unknown>,
    fill(order: string) {
      const taken = { order, user, wallet: id, action: "enter", position: order, closed: false };
      return claim.CapacityTaken(taken, order, keyed(`taken ${order}`)) as Promise<unknown>;
    },
    /** What the wallet said when orders ended. */
    async told() {
      const { items } = await platform.stores.journal.read({ kind: "wallet", aggregate: id, limit: 100 });
      const ends = ["HoldReleased", "AllowancesLeft"];
      return items.map(({ envelope }) => envelope.event).filter(({ type }) => ends.includes(type));
    },
  };
}

const usdLeft = ({ to }: Read) => (to === usdContract ? "40" : "0");

test.each(["release", "fill"] as const)("an allowance that is left when an order ends is told: %s", async (end) => {
  const { order, told, asked, address, ...ends } = await withChain(usdLeft);
  await order("o1", true);
  await ends[end]("o1");
  expect(await told()).toMatchObject([
    { type: "HoldReleased", hold: "o1" },
    {
      ...{ type: "AllowancesLeft", user, order: "o1", account: `${evm.id}:${address}` },
      allowances: [{ asset: usd, spender: vaultContract, amount: "40" }],
    },
  ]);
  const call = { function: "function allowance(address owner, address spender) view returns (uint256 remaining)" };
  expect(asked).toEqual(
    [usd, shares].map((asset) => ({
      ...{ ...call, to: asset.split(":").at(-1) ?? "", arguments: [address, vaultContract], output: "remaining" },
    })),
  );
});

test("nothing is told where nothing is left, or where the contract knows no allowances", async () => {
  const { order, release, told } = await withChain(({ to }) => {
    if (to === usdContract) return "0";
    throw new Unresolvable("value-unreadable", "execution reverted");
  });
  await order("o1", true);
  await release("o1");
  expect(await told()).toMatchObject([{ type: "HoldReleased" }]);
});

test("nothing is read for an order of which no transaction was sent, or whose hold is gone", async () => {
  const { order, release, told, asked } = await withChain(usdLeft);
  await order("o1", false);
  await release("o1");
  await release("o9");
  expect(asked).toEqual([]);
  expect(await told()).toMatchObject([{ hold: "o1" }, { hold: "o9" }]);
});

test("an order of which a transaction failed before it was sent has sent none", async () => {
  const { platform, id, order, release, asked } = await withChain(usdLeft);
  await order("o1", false);
  const [, { intent } = {}] = definition.enter;
  if (!intent) throw new Error("no intent");
  const wanted = { ...play, step: "s", transfer: "x1", compensation: false, scope: scopeOf(amount("501")), intent };
  const task = platform.reactions.task.TransferAsked;
  await task({ ...wanted, order: "o1", user, wallet: id, network: evm.id }, "task1", keyed("asked"));
  await platform.sender.idle();
  await release("o1");
  expect(asked).toEqual([]);
});

test("while no node answers the order keeps its hold; then it is released and told of, once", async () => {
  let up = false;
  const { order, release, told, platform, id, asked } = await withChain((call) => {
    if (!up) throw new ChainUnreachable("No node answers");
    return usdLeft(call);
  });
  await order("o1", true);
  await expect(release("o1")).rejects.toMatchObject({ retryable: true });
  expect(await told()).toEqual([]);
  expect(await platform.walletService.holds(id, { user, any: false })).toMatchObject({ items: [{ id: "o1" }] });
  up = true;
  await release("o1");
  const after = asked.length;
  await release("o1");
  expect(asked).toHaveLength(after);
  expect((await told()).map(({ type }) => type)).toEqual(["HoldReleased", "AllowancesLeft"]);
});
