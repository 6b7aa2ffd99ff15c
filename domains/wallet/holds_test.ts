import { expect, test } from "bun:test";
import { amount, delta, type UserId } from "../shared/mod.ts";
import { after, changes, credited, eth, eventsOf, fee, given, lp, of, order, usd, user } from "./_holds_test.ts";
import { applyEffects, holdForOrder, type OrderEnd, releaseOrder } from "./holds.ts";
import { available, createWallet, evolve, type OpenWallet, renameWallet } from "./wallet.ts";

const entered = given(credited(usd, "100"), credited(eth, "50"), {
  ...{ type: "FundsHeld", user, hold: "o1", purpose: { type: "order", order: "o1" } },
  assets: [of(usd, "60"), of(eth, "10")],
});

test("createWallet() records nothing the second time, and refuses another user", () => {
  const again = { user, label: "Other", accounts: [] };
  expect(createWallet(given(), again)).toEqual({ ok: true, events: [] });
  const stranger = { ...again, user: "u2" as UserId };
  expect(createWallet(given(), stranger)).toEqual({ ok: false, refusal: "wallet-differs" });
});

test("renameWallet() records nothing where the label is the same", () => {
  expect(renameWallet(given(), "Main")).toEqual({ ok: true, events: [] });
  expect(renameWallet(given(), "New")).toEqual({ ok: true, events: [{ type: "WalletRenamed", label: "New" }] });
});

test("holdForOrder() takes no more than what is final and free", () => {
  expect(available(entered, usd)).toBe(amount("40"));
  const decision = holdForOrder(entered, { ...order("o2"), assets: [of(usd, "41"), of(eth, "40")] });
  const shortfalls = [{ asset: usd, needed: amount("41"), available: amount("40") }];
  expect(decision).toEqual({
    ok: true,
    events: [{ type: "FundsRefused", user, order: "o2", reason: "funds-insufficient", shortfalls }],
  });
});

test("holdForOrder() adds up what is named twice", () => {
  const decision = holdForOrder(entered, { ...order("o2"), assets: [of(eth, "30"), of(eth, "11")] });
  expect(eventsOf(decision)).toMatchObject([{ type: "FundsRefused", shortfalls: [{ needed: "41", available: "40" }] }]);
});

test("holdForOrder() refuses what with its fee is more than an amount can say", () => {
  const largest = (2n ** 256n - 1n).toString();
  const decision = holdForOrder(entered, { ...order("o2"), assets: [of(eth, largest), of(eth, "11")] });
  expect(eventsOf(decision)).toMatchObject([
    { type: "FundsRefused", reason: "funds-insufficient", shortfalls: [{ needed: largest, available: "40" }] },
  ]);
});

test("holdForOrder() holds nothing of another user's wallet", () => {
  const decision = holdForOrder(entered, { order: "o2", user: "u2" as UserId, assets: [] });
  expect(eventsOf(decision)).toMatchObject([{ type: "FundsRefused", reason: "wallet-not-found" }]);
});

test("applyEffects() draws losses from the hold first, and what is above from what is free", () => {
  const event = applyEffects(entered, {
    ...{ transfer: "t1", hold: "o1", effects: [changes(usd, "-70"), changes(lp, "5")], fee },
  });
  expect(event.effects).toEqual([
    { asset: usd, delta: delta("-70"), held: delta("-60") },
    { asset: lp, delta: delta("5"), held: delta("5") },
  ]);
  const wallet = evolve(entered, event) as OpenWallet;
  expect(wallet.balances).toEqual({ [usd]: delta("30"), [eth]: delta("50"), [lp]: delta("5") });
  expect(wallet.holds.o1?.assets).toEqual({ [eth]: amount("10"), [lp]: amount("5") });
});

test("applyEffects() makes one effect of an asset that changed twice", () => {
  const effects = [changes(eth, "-8"), changes(eth, "-2"), changes(usd, "5"), changes(usd, "-5")];
  const event = applyEffects(entered, { transfer: "t1", hold: "o1", effects, fee });
  expect(event.effects).toEqual([{ asset: eth, delta: delta("-10"), held: delta("-10") }]);
});

const filled = { type: "filled", action: "enter", position: "o1", closed: false } as const;

/** Entered: 60 dollars went in, 55 shares came out, 2 wei of fees. */
function inPosition(): OpenWallet {
  const effects = [changes(usd, "-58"), changes(lp, "55"), changes(eth, "-2")];
  const paid = { transfer: "t1", hold: "o1", effects, fee: of(eth, "2") };
  const wallet = evolve(entered, applyEffects(entered, paid));
  return after(wallet, releaseOrder(wallet, { ...order("o1"), end: filled }));
}

test("a filled order leaves what it brought in to the position, and frees the rest", () => {
  const wallet = inPosition();
  expect(wallet.holds).toEqual({
    o1: {
      purpose: { type: "position", position: "o1" },
      placed: { [lp]: amount("55") },
      assets: { [lp]: amount("55") },
      fees: {},
    },
  });
  expect([available(wallet, usd), available(wallet, eth), available(wallet, lp)]).toEqual(["42", "48", "0"] as never);
});

test("releaseOrder() again leaves the position's hold alone", () => {
  const again = releaseOrder(inPosition(), { ...order("o1"), end: filled });
  expect(eventsOf(again)).toMatchObject([{ type: "HoldReleased", hold: "o1", released: [] }]);
  expect(after(inPosition(), again).holds).toEqual({ o1: expect.anything() });
});

/** Leaving: the position's shares are in the order's hold, and some of them were turned into dollars. */
function leaving(sold: string): OpenWallet {
  const wallet = inPosition();
  const held = after(wallet, holdForOrder(wallet, { ...order("o2"), assets: [of(eth, "10")], leaves: "o1" }));
  const effects = [changes(lp, `-${sold}`), changes(usd, "44")];
  return evolve(held, applyEffects(held, { transfer: "t2", hold: "o2", effects, fee })) as OpenWallet;
}

test("an exit takes the position's assets into its hold, and no other order gets them", () => {
  expect(leaving("40").holds).toMatchObject({ o2: { assets: { [lp]: "15", [eth]: "10", [usd]: "44" } } });
  const other = holdForOrder(leaving("40"), { ...order("o3"), assets: [], leaves: "o1" });
  expect(eventsOf(other)).toMatchObject([{ type: "FundsRefused", reason: "position-not-held" }]);
});

test("a partial exit gives the rest back to the position", () => {
  const end = { type: "filled", action: "exit", position: "o1", closed: false } as const;
  const wallet = after(leaving("40"), releaseOrder(leaving("40"), { ...order("o2"), end }));
  expect(wallet.holds).toMatchObject({ o1: { assets: { [lp]: "15" } } });
  expect(available(wallet, usd)).toBe(amount("86"));
});

test("an exit that closes the position frees all", () => {
  const end = { type: "filled", action: "exit", position: "o1", closed: true } as const;
  const wallet = after(leaving("55"), releaseOrder(leaving("55"), { ...order("o2"), end }));
  expect(wallet.holds).toEqual({});
});

test("an exit that came to nothing gives the position's assets back", () => {
  const dropped = releaseOrder(leaving("1"), { ...order("o2"), end: { type: "dropped" } });
  expect(eventsOf(dropped)).toMatchObject([{ toPosition: { position: "o1", assets: [{ asset: lp, amount: "54" }] } }]);
});

/** Leaving a position of ether and shares; fees come from the ether that the user set aside. */
function leavingEther(...transactions: (readonly [ether: string, fee: string])[]): OpenWallet {
  const wallet = evolve(given(credited(eth, "50"), credited(lp, "55")), {
    ...{ type: "HoldReleased", user, hold: "o1", purpose: { type: "order", order: "o1" }, released: [] },
    toPosition: { position: "o1", assets: [of(eth, "20"), of(lp, "55")] },
  });
  const held = after(wallet, holdForOrder(wallet, { ...order("o2"), assets: [of(eth, "10")], leaves: "o1" }));
  return transactions.reduce<OpenWallet>((before, [ether, paid]) => {
    const effects = [changes(eth, ether), changes(eth, `-${paid}`)];
    const applied = applyEffects(before, { transfer: "t", hold: "o2", effects, fee: of(eth, paid) });
    return evolve(before, applied) as OpenWallet;
  }, held);
}

test.each<[string, OrderEnd, Parameters<typeof leavingEther>, string]>([
  [
    "undone whole",
    { type: "dropped" },
    [
      ["-20", "3"],
      ["20", "3"],
    ],
    "20",
  ],
  [
    "undone with a loss",
    { type: "dropped" },
    [
      ["-20", "3"],
      ["17", "3"],
    ],
    "17",
  ],
  [
    "undone with a gain",
    { type: "dropped" },
    [
      ["-20", "3"],
      ["21", "3"],
    ],
    "21",
  ],
  ["left in part", { type: "filled", action: "exit", position: "o1", closed: false }, [["-8", "4"]], "12"],
])("ether of a position is not taken for what the user set aside for fees: %s", (_what, end, taken, left) => {
  const wallet = leavingEther(...taken);
  expect(after(wallet, releaseOrder(wallet, { ...order("o2"), end })).holds).toMatchObject({
    o1: { assets: { [eth]: left, [lp]: "55" } },
  });
});

test("an order without a hold is released with nothing", () => {
  const end = { type: "dropped" } as const;
  expect(eventsOf(releaseOrder(given(), { ...order("o9"), end }))).toMatchObject([{ hold: "o9", released: [] }]);
  expect(eventsOf(releaseOrder({ status: "absent" }, { ...order("o9"), end }))).toHaveLength(1);
});
