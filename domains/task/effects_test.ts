import { expect, test } from "bun:test";
import fc from "fast-check";
import { type AssetId, addDeltas, amount, type Delta } from "../shared/mod.ts";
import { effectsOf, native, shares, usd } from "./_world_test.ts";
import { type AssetAmount, holdingsAfter, holdingsUndone, netOf, tokensIn, tokensOf, withoutFee } from "./effects.ts";

const has = (holdings: Readonly<Record<AssetId, string>>): readonly AssetAmount[] =>
  Object.entries(holdings).map(([asset, size]) => ({ asset: asset as AssetId, amount: amount(size) }));
const nft = (id: string) => `eip155:31337/erc721:0xNft/${id}` as AssetId;
const reward = "eip155:31337/erc20:0xReward" as AssetId;

test("a fee is taken out of the effects that it is among", () => {
  const fee = { asset: native, amount: amount("21") };
  expect(withoutFee({ effects: effectsOf({ [usd]: "-5", [native]: "-21" }), fee })).toEqual(effectsOf({ [usd]: "-5" }));
  expect(withoutFee({ effects: effectsOf({ [native]: "-121" }), fee })).toEqual(effectsOf({ [native]: "-100" }));
  expect(withoutFee({ effects: effectsOf({ [native]: "79" }), fee })).toEqual(effectsOf({ [native]: "100" }));
  expect(withoutFee({ effects: effectsOf({ [native]: "-21" }), fee })).toEqual([]);
});

test("netOf() sums by asset, and what comes to nothing drops out", () => {
  expect(netOf([effectsOf({ [usd]: "-5", [shares]: "3" }), effectsOf({ [usd]: "5", [native]: "1" })])).toEqual(
    effectsOf({ [shares]: "3", [native]: "1" }),
  );
  expect(netOf([])).toEqual([]);
  const effect = fc.record({ asset: fc.constantFrom(usd, shares), size: fc.integer() });
  const law = fc.property(fc.array(fc.array(effect)), (lists) => {
    const given = lists.map((list) => list.map(({ asset, size }) => ({ asset, delta: `${size}` as Delta })));
    const sumOf = (of: AssetId, all: typeof given) =>
      addDeltas("0" as Delta, ...all.flat().flatMap(({ asset, delta }) => (asset === of ? [delta] : [])));
    const net = [...netOf(given)];
    for (const asset of [usd, shares]) expect(sumOf(asset, [net])).toBe(sumOf(asset, given));
    expect(netOf([net])).toEqual(net);
  });
  fc.assert(law);
});

test("entering brings in what is not paid", () => {
  const filling = { action: "enter", asset: usd, effects: effectsOf({ [usd]: "-100", [shares]: "95" }) } as const;
  expect(holdingsAfter([], filling)).toEqual(has({ [shares]: "95" }));
});

test("adjusting adds to the position, uses it up, and never touches what the user pays", () => {
  const before = has({ [shares]: "95", [usd]: "7" });
  const more = { action: "adjust", asset: usd, effects: effectsOf({ [usd]: "-50", [shares]: "40" }) } as const;
  expect(holdingsAfter(before, more)).toEqual(has({ [shares]: "135", [usd]: "7" }));
  const swap = { action: "adjust", asset: usd, effects: effectsOf({ [shares]: "-95", [reward]: "8" }) } as const;
  expect(holdingsAfter(before, swap)).toEqual(has({ [usd]: "7", [reward]: "8" }));
  const fee = { action: "adjust", asset: usd, effects: effectsOf({ [native]: "-1" }) } as const;
  expect(holdingsAfter(before, fee)).toEqual(before);
});

test("leaving takes out; what it brings is the user's", () => {
  const before = has({ [shares]: "95" });
  const whole = { action: "exit", asset: usd, effects: effectsOf({ [shares]: "-95", [usd]: "110" }) } as const;
  expect(holdingsAfter(before, whole)).toEqual([]);
  const part = { action: "exit", asset: usd, effects: effectsOf({ [shares]: "-40", [usd]: "45" }) } as const;
  expect(holdingsAfter(before, part)).toEqual(has({ [shares]: "55" }));
  const odd = { action: "exit", asset: usd, effects: effectsOf({ [shares]: "5", [reward]: "-1" }) } as const;
  expect(holdingsAfter(before, odd)).toEqual(before);
});

test("an asset that gave more than ever came in leaves nothing", () => {
  const rebased = { action: "exit", asset: usd, effects: effectsOf({ [shares]: "-97" }) } as const;
  expect(holdingsAfter(has({ [shares]: "95" }), rebased)).toEqual([]);
});

test("an exit that was undone leaves what came back, more or less than there was", () => {
  const before = has({ [shares]: "95", [reward]: "3" });
  const undone = (change: string) =>
    ({ action: "exit", asset: usd, effects: effectsOf({ [shares]: change }) }) as const;
  expect(holdingsUndone(before, undone("-1"))).toEqual(has({ [shares]: "94", [reward]: "3" }));
  expect(holdingsUndone(before, undone("2"))).toEqual(has({ [shares]: "97", [reward]: "3" }));
  expect(holdingsUndone(before, undone("-95"))).toEqual(has({ [reward]: "3" }));
  const strange = { action: "exit", asset: usd, effects: effectsOf({ [usd]: "5", [native]: "-1" }) } as const;
  expect(holdingsUndone(before, strange)).toEqual(before);
});

test("an adjustment that was undone takes from the position what is gone, and brings nothing", () => {
  const before = has({ [shares]: "95", [usd]: "7" });
  const undone = (effects: Readonly<Record<AssetId, string>>) =>
    ({ action: "adjust", asset: usd, effects: effectsOf(effects) }) as const;
  expect(holdingsUndone(before, undone({ [shares]: "-1", [usd]: "-1" }))).toEqual(has({ [shares]: "94", [usd]: "7" }));
  expect(holdingsUndone(before, undone({ [shares]: "1", [reward]: "1" }))).toEqual(before);
});

test("tokens are assets with an id", () => {
  const effects = effectsOf({ [nft("7")]: "1", [nft("8")]: "-1", [usd]: "5" });
  expect(tokensOf(effects)).toEqual([
    { contract: "0xNft", id: "7" },
    { contract: "0xNft", id: "8" },
  ]);
  expect(tokensIn(effects)).toEqual([{ contract: "0xNft", id: "7" }]);
  const before = has({ [nft("7")]: "1" });
  const swap = { action: "adjust", asset: usd, effects: effectsOf({ [nft("7")]: "-1", [nft("9")]: "1" }) } as const;
  expect(tokensOf(holdingsAfter(before, swap))).toEqual([{ contract: "0xNft", id: "9" }]);
});
