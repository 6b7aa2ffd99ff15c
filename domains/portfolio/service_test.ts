import { expect, test } from "bun:test";
import { ChainUnreachable, NotYetKnown, type ReadContract } from "../../ports/mod.ts";
import type { AssetId, Delta, Duration, UserId } from "../shared/mod.ts";
import {
  address,
  at,
  deposited,
  dollars,
  earning,
  entered,
  eth,
  filled,
  held,
  known,
  left,
  network,
  released,
  shownBalances,
  start,
  tell,
  unquoted,
  unread,
  usd,
  user,
  vault,
} from "./_telling_test.ts";

test("a deposit goes into a play, earns there, and comes back with the yield as profit", async () => {
  const started = start({ readContract: earning });
  await tell(started, [...known, ...entered]);
  expect(await shownBalances(started)).toEqual([
    [eth, "46", "0", "0"],
    [vault, "0", "0", "95"],
  ]);
  const open = await started.portfolio.position(user, "p1");
  expect(open).toMatchObject({
    ok: true,
    position: { status: "open", title: "Vault", value: "110", profit: { realised: "0", unrealised: "10" } },
  });
  await tell(started, left);
  expect(await shownBalances(started)).toEqual([
    [eth, "43", "0", "0"],
    [usd, "110", "0", "0"],
  ]);
  expect(await started.portfolio.position(user, "p1")).toMatchObject({
    position: { status: "closed", value: "0", profit: { realised: "10" } },
  });
  const { items } = await started.portfolio.entries(user, { limit: 50 });
  expect(items.map(({ reason }) => reason.type)).toEqual([
    "release",
    "transfer",
    "hold",
    "release",
    "transfer",
    "hold",
    "deposit",
    "deposit",
  ]);
});

test("the ledger pages newest first", async () => {
  const started = start();
  await tell(started, entered);
  const first = await started.portfolio.entries(user, { limit: 2 });
  const second = await started.portfolio.entries(user, { limit: 9, after: first.next ?? "" });
  const types = [...first.items, ...second.items].map(({ reason }) => reason.type);
  expect(types).toEqual(["release", "transfer", "hold", "deposit", "deposit"]);
});

test("a portfolio is worth what is free, what is held and what is in positions", async () => {
  const started = start({ readContract: earning, priceOf: dollars });
  await tell(started, [...known, ...entered]);
  // 0.046 ETH and 1.10 USD at 2.50 each
  expect(await started.portfolio.portfolio(user)).toEqual({
    ...{ value: "2.87", currency: "USD", unpriced: [], unvalued: [] },
    ...{ allocation: [{ play: "vault", share: "100.00" }], health: "warning", asOf: at },
    // 10 of 110 are not paid for.
    performance: { realised: "0.00", unrealised: "0.25" },
  });
});

test("the portfolio tells what positions realised, at the prices of now; the sums are fed once for each order", async () => {
  const started = start({ readContract: earning, priceOf: dollars });
  await tell(started, [...known, ...entered, ...left]);
  await tell(started, left.slice(-1));
  // A profit of 0.10 USD, at 2.50 each.
  const portfolio = { performance: { realised: "0.25", unrealised: "0.00" } };
  expect(await started.portfolio.portfolio(user)).toMatchObject(portfolio);
  const unknown = start({ readContract: earning });
  await tell(unknown, [...known, ...entered, ...left]);
  expect(await unknown.portfolio.portfolio(user)).toMatchObject({
    performance: { realised: null, unrealised: "0.00" },
  });
});

test("what is held is the user's as much as what is free", async () => {
  const started = start({ priceOf: dollars });
  await tell(started, [...known, deposited("d1", usd, "100"), held("p1", { [usd]: "60" })]);
  expect(await started.portfolio.portfolio(user)).toMatchObject({ value: "2.50" });
});

test("a hold of nothing is no entry", async () => {
  const started = start();
  await tell(started, [held("p1", {}), released("p1", {})]);
  expect(await started.portfolio.entries(user, { limit: 9 })).toEqual({ items: [] });
});

test("values are in the currency that the user has chosen, and in dollars once they take that back", async () => {
  const started = start({ priceOf: dollars });
  const { reactions, causedBy, portfolio } = started;
  await reactions.user.SettingsChanged({ settings: { currency: "CHF" } }, user, causedBy("user/u1/2"));
  expect(await portfolio.portfolio(user)).toMatchObject({ value: "0.00", currency: "CHF", allocation: [] });
  await reactions.user.SettingsChanged({ settings: {} }, user, causedBy("user/u1/3"));
  expect(await portfolio.portfolio(user)).toMatchObject({ currency: "USD" });
});

test("a valuation reads the wallet's address, the position's token and the time", async () => {
  const calls: unknown[] = [];
  const readContract: ReadContract = async (_, call) => {
    calls.push(call);
    return "7";
  };
  const started = start({ readContract });
  const { reactions, causedBy, portfolio } = started;
  const args = [{ from: "wallet.address" }, { from: "position.token.0xNfT" }, { now: "PT1M" as Duration }];
  const call = {
    to: "0xVault",
    function: "function worth(address, uint256, uint256) view returns (uint256)",
    output: "0",
  };
  const definition = { title: "Vault", network, asset: usd, valuation: { read: { ...call, arguments: args } } };
  const token = "eip155:31337/erc721:0xnft/42" as AssetId;
  await tell(started, known.slice(1));
  await reactions.play_version.VersionPublished({ play: "vault", version: 1, definition }, "vault-1", causedBy("v/1"));
  await tell(started, [
    filled(
      "p1",
      "enter",
      [
        [usd, "-100", "0"],
        [token, "1", "1"],
      ],
      false,
    ),
  ]);
  expect(await portfolio.position(user, "p1")).toMatchObject({ position: { value: "7" } });
  expect(calls as object[]).toEqual([{ ...call, arguments: [address, "42", "1795392060"] }]);
});

test("without a valuation, a position is worth what it has of the play's asset, and nobody guesses at others", async () => {
  async function valuedWith(held: AssetId) {
    const started = start();
    const { reactions, causedBy, portfolio } = started;
    const definition = { title: "Hold", network, asset: usd };
    await reactions.play_version.VersionPublished(
      { play: "vault", version: 1, definition },
      "vault-1",
      causedBy("v/1"),
    );
    await tell(started, [
      filled(
        "p1",
        "enter",
        [
          [eth, "-3", "0"],
          [held, "90", "0"],
        ],
        false,
      ),
    ]);
    return (await portfolio.positions(user, { limit: 9, status: "open" })).items;
  }
  // What was paid in ETH can't be told against a value in USD.
  expect(await valuedWith(usd)).toMatchObject([{ value: "90", profit: { unrealised: null } }]);
  expect(await valuedWith(vault)).toMatchObject([{ value: null, unavailable: "valuation-missing" }]);
});

test("an unknown price makes the value unavailable, not zero; the allocation stands in the plays' own asset", async () => {
  const started = start({
    readContract: earning,
    priceOf: (asset, currency) => (asset === usd ? unquoted : dollars)(asset, currency),
  });
  await tell(started, [...known, ...entered]);
  expect(await started.portfolio.portfolio(user)).toMatchObject({
    ...{ value: null, unpriced: [usd], unvalued: [], allocation: [{ play: "vault", share: "100.00" }] },
  });
});

test("a price without a listed asset is no price: nobody knows the decimals", async () => {
  const started = start({ priceOf: dollars });
  await tell(started, [deposited("d1", usd, "100")]);
  expect(await started.portfolio.portfolio(user)).toMatchObject({ value: null, unpriced: [usd] });
});

test("a chain that does not answer leaves a position without value, and the rest of the portfolio as it is", async () => {
  const unreachable: ReadContract = async () => Promise.reject(new ChainUnreachable("Cannot reach the chain"));
  const started = start({ readContract: unreachable, priceOf: dollars });
  await tell(started, [...known, ...entered]);
  expect(await started.portfolio.position(user, "p1")).toMatchObject({
    position: { value: null, unavailable: "chain-unreachable", profit: { unrealised: null } },
  });
  expect(await started.portfolio.portfolio(user)).toMatchObject({ value: null, unvalued: ["p1"], allocation: null });
  expect(await shownBalances(started)).toHaveLength(2);
});

test("a mistake of our own is not told as an unreachable chain", async () => {
  const started = start({ readContract: unread });
  await tell(started, [...known, ...entered]);
  expect(started.portfolio.portfolio(user)).rejects.toThrow("Nothing is read");
});

test("an order that came to nothing leaves the position what came back; one that had no position leaves nothing", async () => {
  const started = start();
  const { reactions, causedBy, portfolio } = started;
  const undone = (position: string | undefined, change: string, closed: boolean) => ({
    ...({ user, action: "exit", asset: usd, effects: [{ asset: vault, delta: change as Delta }], closed, at } as const),
    ...(position !== undefined && { position }),
  });
  const compensated = () => reactions.order.OrderCompensated(undone("p1", "-1", false), "o2", causedBy("order/o2/5"));
  await expect(compensated()).rejects.toThrow(NotYetKnown);
  await tell(started, entered);
  await compensated();
  await compensated();
  const held = (amount: string) => ({ position: { status: "open", holdings: [{ asset: vault, amount }] } });
  expect(await portfolio.position(user, "p1")).toMatchObject(held("94"));
  await reactions.order.OrderCompensated(undone(undefined, "0", false), "o7", causedBy("order/o7/5"));
  await reactions.order.OrderIncidentResolved(undone("p1", "-94", true), "o3", causedBy("order/o3/6"));
  expect(await portfolio.position(user, "p1")).toMatchObject({ position: { status: "closed" } });
});

test("an exit that overtakes its enter waits for it", async () => {
  const started = start();
  const exit = filled("o2", "exit", [[usd, "110", "0"]], true);
  expect(exit(started)).rejects.toThrow(NotYetKnown);
  await tell(started, [filled("p1", "enter", [[usd, "-100", "0"]], false), exit]);
  expect(await started.portfolio.position(user, "p1")).toMatchObject({ position: { profit: { realised: "10" } } });
});

test("somebody else's position is not found", async () => {
  const started = start();
  await tell(started, entered);
  const refused = { ok: false, refusal: "position-not-found" } as const;
  expect(await started.portfolio.position("u2" as UserId, "p1")).toEqual(refused);
  expect(await started.portfolio.position(user, "p2")).toEqual(refused);
});
