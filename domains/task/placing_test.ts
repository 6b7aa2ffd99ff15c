import { expect, test } from "bun:test";
import { amount, type UserId } from "../shared/mod.ts";
import { anyone, asked, entered, exit, mine, quick, refused, startOrders } from "./_orders_test.ts";
import { causeOf, investor, pay, proof, rival, terms } from "./_world_test.ts";
import type { AskOrder, OrderRefusal } from "./mod.ts";

const theirs = { user: rival, any: false };

test.each<[string, Partial<AskOrder>, OrderRefusal]>([
  ["an unknown play", { play: "p9" }, "play-not-found"],
  ["an unknown version", { version: 9 }, "version-not-offered"],
  ["an unknown wallet", { wallet: "w9" }, "wallet-not-found"],
  ["an entry into a position", { position: "o0" }, "position-not-taken"],
  ["an exit from nowhere", { action: "exit" }, "position-needed"],
  ["an adjustment of nothing", { action: "adjust" }, "position-needed"],
  ["an exit from an unknown position", exit, "position-not-found"],
  ["too little", { amount: amount("9") }, "amount-out-of-limits"],
  ["too much", { amount: amount("1001") }, "amount-out-of-limits"],
  ["an adjustment by too much", { ...exit, action: "adjust", amount: amount("1001") }, "amount-out-of-limits"],
  ["an exit of nothing", { ...exit, amount: amount("0") }, "amount-out-of-limits"],
  ["all but to exit", { amount: "all" }, "all-only-to-exit"],
  ["parameters of another form", { parameters: { note: 5 } }, "parameters-faulty"],
  ["parameters that there are not", { parameters: { other: "5" } }, "parameters-faulty"],
])("%s is refused, and nothing is recorded", async (_what, given, refusal) => {
  const { place, events } = await startOrders();
  expect(await place("o1", given)).toMatchObject(refused(refusal));
  expect(await events("order", "o1")).toEqual([]);
});

test("faults of the parameters say where", async () => {
  const { place } = await startOrders();
  expect(await place("o1", { parameters: { note: 5 } })).toMatchObject({ faults: [{ pointer: "/note" }] });
});

test("parameters are bounded, whatever the schema admits", async () => {
  const { place } = await startOrders();
  expect(await place("o1", { parameters: { note: "x".repeat(9_000) } })).toMatchObject({ ok: true });
  expect(await place("o2", { parameters: { note: "x".repeat(10_000) } })).toMatchObject({
    ...{ refusal: "parameters-faulty", faults: [{ pointer: "" }] },
  });
});

test("an action that the play does not have is refused; so is a part, where it is left whole", async () => {
  const { adjust: _, ...rest } = terms;
  const { place, offer } = await startOrders();
  await offer({ ...rest, exit: [pay] }, 2);
  const asked = { ...exit, version: 2 } as const;
  expect(await place("o2", { ...asked, action: "exit" })).toMatchObject(refused("exit-whole-only"));
  expect(await place("o2", { ...asked, amount: "all" })).toMatchObject(refused("position-not-found"));
  const { place: other } = await startOrders({ adjust: [] });
  expect(await other("o2", { ...exit, action: "adjust" })).toMatchObject(refused("action-not-offered"));
});

test("placing again under the same id changes nothing, even when the play has closed since; another order is refused", async () => {
  const { place, events, reactions, told } = await startOrders();
  await place("o1");
  await reactions.play.PlayPaused({ reason: "audit" }, "p1", told());
  expect(await place("o1")).toMatchObject({ ok: true, view: { id: "o1", status: "placed" } });
  expect(await place("o2")).toMatchObject(refused("play-closed"));
  expect(await place("o1", { amount: amount("99") })).toMatchObject(refused("order-differs"));
  expect(await place("o1", { parameters: { note: "mine" } })).toMatchObject(refused("order-differs"));
  expect(await events("order", "o1")).toHaveLength(1);
});

test("a wallet is its owner's: others see none, unless they may act for anyone", async () => {
  const { place, orders } = await startOrders();
  expect(await place("o1", {}, rival)).toMatchObject(refused("wallet-not-found"));
  expect(await place("o1", {}, investor)).toMatchObject({ view: { user: investor, placedBy: investor } });
  expect(await orders.place("o1", asked, causeOf(rival))).toMatchObject(refused("wallet-not-found"));
});

test("who may place for others signs for it; the order says who it was, and stays its user's", async () => {
  const { orders, events } = await startOrders();
  const { behalf, asked: signed } = anyone();
  const place = () => orders.place("o1", asked, causeOf(rival), behalf);
  expect(await place()).toMatchObject({ ok: true, view: { user: investor, placedBy: rival } });
  expect(await events("order", "o1")).toMatchObject([{ type: "OrderPlaced", user: investor, by: rival, proof }]);
  const found = await orders.get("o1", mine);
  expect(found.ok && "proof" in found.view).toBe(false);
  // A retry is no second order: nobody signs again.
  expect(await place()).toMatchObject({ ok: true, view: { placedBy: rival } });
  expect(signed()).toBe(1);
  expect(await events("order", "o1")).toHaveLength(1);
  expect(await orders.cancel("o1", behalf.viewer, causeOf(rival))).toMatchObject(refused("order-not-found"));
  expect(await orders.cancel("o1", mine, causeOf(investor))).toMatchObject({ ok: true });
});

test("nobody signs for what is their own, nor for what would be refused anyway", async () => {
  const { orders, reactions, told } = await startOrders();
  const { behalf, asked: signed } = anyone();
  await reactions.wallet.WalletCreated({ user: rival }, "w2", told());
  const own = await orders.place("o1", { ...asked, wallet: "w2" }, causeOf(rival), behalf);
  expect(own).toMatchObject({ ok: true, view: { user: rival, placedBy: rival } });
  const little = { ...asked, amount: amount("9") };
  expect(await orders.place("o2", little, causeOf(rival), behalf)).toMatchObject(refused("amount-out-of-limits"));
  expect(signed()).toBe(0);
});

test("a signature that does not hold places nothing, and what asking for one throws passes through", async () => {
  const { orders, events } = await startOrders();
  const forged = anyone("forged").behalf;
  expect(await orders.place("o1", asked, causeOf(rival), forged)).toMatchObject(refused("proof-invalid"));
  const unsigned = { ...forged, prove: () => Promise.reject(new Error("Sign first")) };
  await expect(orders.place("o1", asked, causeOf(rival), unsigned)).rejects.toThrow("Sign first");
  expect(await events("order", "o1")).toEqual([]);
});

test("a play that is paused takes orders to leave only; a new version does not open it", async () => {
  const { place, offer, carryOut, reactions, told } = await startOrders(quick);
  await carryOut("o1", {}, entered);
  await reactions.play.PlayPaused({ reason: "audit" }, "p1", told());
  expect(await place("o2")).toMatchObject(refused("play-closed"));
  expect(await place("o2", { ...exit, action: "adjust" })).toMatchObject(refused("play-closed"));
  await offer(quick, 2);
  expect(await place("o2", { version: 2 })).toMatchObject(refused("play-closed"));
  await reactions.play.PlayResumed({ reason: "done" }, "p1", told());
  expect(await place("o2", { version: 2 })).toMatchObject({ ok: true });
  expect(await place("o3")).toMatchObject(refused("version-not-offered"));
  await reactions.play.PlayRetired({ reason: "old" }, "p1", told());
  expect(await place("o4", { ...exit, amount: "all" })).toMatchObject({ ok: true });
});

test("orders are listed to their user, the newest first, by status and page by page", async () => {
  const { place, orders, reactions, told } = await startOrders();
  await reactions.wallet.WalletCreated({ user: rival }, "w2", told());
  for (const id of ["a", "b", "c", "d"]) await place(id);
  await place("e", { wallet: "w2" }, rival);
  await orders.cancel("b", mine, causeOf(investor));
  const idsOf = async (user: UserId, given: object) => {
    const page = await orders.list(user, { limit: 2, ...given });
    return { ids: page.items.map(({ id }) => id), next: page.next };
  };
  const first = await idsOf(investor, {});
  expect(first.ids).toEqual(["d", "c"]);
  expect(await idsOf(investor, { after: first.next })).toEqual({ ids: ["b", "a"], next: undefined });
  expect((await idsOf(investor, { status: "cancelled" })).ids).toEqual(["b"]);
  expect((await idsOf(investor, { status: "placed", limit: 9 })).ids).toEqual(["d", "c", "a"]);
  expect((await idsOf(rival, {})).ids).toEqual(["e"]);
});

test("an order is its user's: others see none, unless they may see anyone's", async () => {
  const { place, orders } = await startOrders();
  await place("o1");
  expect(await orders.get("o1", theirs)).toMatchObject(refused("order-not-found"));
  expect(await orders.get("o9", mine)).toMatchObject(refused("order-not-found"));
  expect(await orders.get("o1", { user: rival, any: true })).toMatchObject({ ok: true });
});
