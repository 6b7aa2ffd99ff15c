import { expect, test } from "bun:test";
import fc from "fast-check";
import type { PriceOf } from "../../ports/mod.ts";
import { type AssetId, amount, type Delta, delta, type Instant, negate } from "../shared/mod.ts";
import { accountOf, evm, native, shares, usd } from "./_chain_test.ts";
import { start, view } from "./_flow_test.ts";
import { cause, claimOf, definition, keyed, play, scopeOf, user } from "./_platform_test.ts";
import type { Simulation } from "./chain.ts";
import { guardLoss, movedBy, type Quoted } from "./loss.ts";
import type { PlayDefinition } from "./play_terms.ts";

const { account } = accountOf("w1");
const debt = `${evm.id}/erc20:0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0` as AssetId;
const dust = `${evm.id}/erc20:0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9` as AssetId;
const allDecimals = { [usd]: 6, [shares]: 18, [native]: 18, [debt]: 6, [dust]: 0 } as Record<AssetId, number>;
type ByAsset = Readonly<Record<AssetId, string>>;

const given = (slippageBps: number): PlayDefinition => ({
  ...{ ...definition, slippageBps },
  assets: [...definition.assets, { asset: debt, accrual: "debt" }],
});

function simulated(changes: ByAsset): Simulation {
  const effects = Object.entries(changes).map(([asset, change]) => ({
    ...{ account, asset: asset as AssetId, delta: delta(change) },
  }));
  return { outcome: "success", reason: "", effects, allowances: [], gas: amount("1") };
}

/** What the guard says of these changes at these prices, where a play may lose half a percent. */
function judged(changes: ByAsset, prices: ByAsset, slippageBps = 50): string {
  const it = given(slippageBps);
  const quotes = new Map(
    Object.entries(prices).map(([asset, price]): [AssetId, Quoted] => [
      asset as AssetId,
      { price, decimals: allDecimals[asset as AssetId] ?? 0 },
    ]),
  );
  const verdict = guardLoss(it, movedBy(it, evm, simulated(changes)), quotes);
  return verdict.ok ? "passes" : `${verdict.refusal}: ${verdict.detail}`;
}

const even = { [usd]: "1", [shares]: "1.000", [native]: "2500", [debt]: "1", [dust]: "1000000" };
const e12 = "000000000000";

test.each<[string, ByAsset, ByAsset, string]>([
  ["an even trade", { [usd]: "-1000000", [shares]: `1000000${e12}` }, even, "passes"],
  ["just the loss that is allowed", { [usd]: "-1000000", [shares]: `995000${e12}` }, even, "passes"],
  [
    "a base unit more than that",
    { [usd]: "-1000000", [shares]: `994999${"9".repeat(12)}` },
    even,
    "loss-above-slippage",
  ],
  ["a gain", { [usd]: "-1000000", [shares]: `1500000${e12}` }, even, "passes"],
  ["money for nothing", { [usd]: "-1000000" }, even, "loss-above-slippage"],
  ["nothing for money", { [usd]: "1000000" }, even, "passes"],
  ["nothing that moves, as when it only allows", {}, even, "passes"],
  ["a leaving at a loss", { [usd]: "980000", [shares]: `-1000000${e12}` }, even, "loss-above-slippage"],
  ["value that goes along", { [native]: `-1000000${e12}`, [usd]: "2500000000" }, even, "passes"],
  ["value that goes along for less", { [native]: `-1000000${e12}`, [usd]: "2400000000" }, even, "loss-above-slippage"],
  ["an asset without a price", { [usd]: "-1000000", [shares]: "1" }, { [usd]: "1" }, "passes"],
  ["an undeclared asset that makes up for it", { [usd]: "-1000000", [dust]: "1" }, even, "loss-above-slippage"],
  ["an undeclared asset without a price", { [usd]: "-1000000", [dust]: "1" }, { [usd]: "1" }, "loss-above-slippage"],
  ["a loan", { [usd]: "1000000", [debt]: "1000000" }, even, "passes"],
  ["a loan that costs", { [usd]: "900000", [debt]: "1000000" }, even, "loss-above-slippage"],
  ["paying a loan back", { [usd]: "-1000000", [debt]: "-1000000" }, even, "passes"],
])("by known prices, %s", (_what, changes, prices, said) => {
  expect(judged(changes, prices)).toStartWith(said);
});

test("a refusal says how much would be lost", () => {
  const told = judged({ [usd]: "-1000000", [shares]: `900000${e12}` }, even);
  expect(told).toBe("loss-above-slippage: It would lose 1000 basis points of what goes out, of 50 allowed");
});

test("whatever moves at whatever prices, a loss passes just up to its part of what goes out", () => {
  const price = fc
    .tuple(fc.nat(10 ** 9), fc.nat(999_999))
    .map(([whole, part]) => `${whole}.${`${part}`.padStart(6, "0")}`);
  const size = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });
  const moves = fc.tuple(size, size, size);
  const law = fc.property(moves, fc.tuple(price, price, price), fc.nat(10_000), (sizes, prices, slippageBps) => {
    const assets = [usd, shares, native];
    const changes = Object.fromEntries(assets.map((asset, place) => [asset, `${sizes[place]}`])) as ByAsset;
    const quoted = Object.fromEntries(assets.map((asset, place) => [asset, prices[place] ?? ""])) as ByAsset;
    // In 10^-24 dollars: 6 places of a price, 18 of an asset.
    const worths = assets.map((asset, place) => {
      const units = BigInt((prices[place] ?? "").replace(".", "")) * 10n ** BigInt(18 - (allDecimals[asset] ?? 0));
      return (sizes[place] ?? 0n) * units;
    });
    const out = worths.reduce((sum, worth) => (worth < 0n ? sum - worth : sum), 0n);
    const loss = worths.reduce((sum, worth) => sum - worth, 0n);
    const allowed = loss * 10_000n <= out * BigInt(slippageBps);
    expect(judged(changes, quoted, slippageBps).startsWith("passes")).toBe(allowed);
  });
  fc.assert(law, { numRuns: 500 });
});

test("more of a debt is less for the account", () => {
  const moved = (change: Delta) => movedBy(given(50), evm, simulated({ [debt]: change }));
  expect(moved(delta("5"))).toEqual([{ asset: debt, delta: negate(amount("5")) }]);
});

/** The fake vault gives a share a dollar; a share is quoted at so much. */
async function deposited(quoted: string | undefined, compensation: boolean, listed = true) {
  const at = "2026-11-23T00:00:00.000Z" as Instant;
  const prices: Record<string, string | undefined> = { [usd]: "1", [shares]: quoted };
  const priceOf: PriceOf = async (asset, currency) => {
    const value = prices[asset];
    return value === undefined || currency !== "USD"
      ? undefined
      : { asset, value, currency, source: "test", at, confidence: 1 };
  };
  const { world, platform, id } = await start({ priceOf });
  if (listed) await platform.assets.put(shares, { symbol: "SHR", decimals: 18, name: "Shares" }, cause);
  const { claim, play_version, task } = platform.reactions;
  await play_version.VersionPublished({ ...play, definition }, "p1-1", keyed("published"));
  await claim.CapacityClaimed(claimOf("o1", id, amount("300")), "o1", keyed("claimed"));
  for (const [place, { intent }] of definition.enter.entries()) {
    if (!intent) throw new Error("no intent");
    const step = { step: `s${place}`, transfer: `x${place}`, compensation, order: "o1", user, wallet: id, intent };
    const asked = { ...play, ...step, network: evm.id, scope: scopeOf(amount("300")) };
    await task.TransferAsked(asked, "task1", keyed(`asked ${place}`));
    await platform.sender.idle();
    world.fake.mine(4);
    await platform.head();
  }
  const { items } = await platform.transferService.list(user, { limit: 9 });
  expect(items).toHaveLength(2);
  return { allowed: await view(platform, "x0"), deposited: await view(platform, "x1"), handed: world.fake.handed() };
}

test.each([false, true])("a transaction that loses too much is not signed (undoing: %p)", async (compensation) => {
  const { allowed, deposited: made, handed } = await deposited("0.99", compensation);
  expect(allowed).toMatchObject({ status: "final" });
  expect(made).toMatchObject({
    ...{ status: "failed", failure: { reason: "loss-above-slippage" }, policy: { verdict: "refused" } },
  });
  expect(handed).toHaveLength(1);
});

test.each([
  ["a fair price", "0.995", true],
  ["no price", undefined, true],
  ["no decimals that anyone knows", "0.99", false],
] as const)("a transaction at %s goes through", async (_what, quoted, listed) => {
  const { allowed, deposited: made } = await deposited(quoted, false, listed);
  expect(allowed).toMatchObject({ status: "final" });
  expect(made).toMatchObject({ status: "final" });
});
