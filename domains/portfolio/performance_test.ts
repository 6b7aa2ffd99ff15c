import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Amount,
  type AssetId,
  type Decimal,
  decimal,
  delta,
  type Instant,
  multiplyDecimals,
  scaledDecimal,
  type UserId,
} from "../shared/mod.ts";
import { ofAsset } from "./_by_asset.ts";
import { evolve, type Performance, performanceKind, performanceView, realise } from "./performance.ts";
import {
  evolve as evolvePosition,
  type FilledOrder,
  fillOrder,
  type Position,
  positionKind,
  type UndoneOrder,
  undoOrder,
} from "./position.ts";

const at = "2026-11-23T00:00:00.000Z" as Instant;
const [usd, eth, vault, nft] = ["n/erc20:usd", "n/slip44:60", "n/erc20:vault", "n/erc721:lp/7"] as [
  ...[AssetId, AssetId, AssetId, AssetId],
];
const terms = { user: "u1" as UserId, wallet: "w1", play: "pl", version: 1, asset: usd, order: "o1", at };

type Changes = Readonly<Record<AssetId, string>>;
const effectsOf = (changes: Changes) =>
  Object.entries(changes).map(([asset, change]) => ({ asset: asset as AssetId, delta: delta(change) }));
const filled = (action: FilledOrder["action"], changes: Changes, closed = false): FilledOrder => ({
  ...{ ...terms, action, effects: effectsOf(changes), closed },
});

type Book = { position: Position; performance: Performance };
const start = (): Book => ({ position: positionKind.initial, performance: performanceKind.initial });

/** The position after an order, and the running sums with what the order realised. */
function after({ position, performance }: Book, order: FilledOrder | UndoneOrder): Book {
  const decided = "how" in order ? undoOrder(position, order) : fillOrder(position, order);
  const then = decided.ok ? decided.events.reduce(evolvePosition, position) : position;
  const realised = realise({ position: "p1", order: order.order }, position, then);
  return { position: then, performance: realised.reduce(evolve, performance) };
}

const entered = filled("enter", { [usd]: "-100", [vault]: "95" });

test("putting in realises nothing; what leaves realises its proceeds less its cost, by asset", () => {
  const opened = after(start(), entered);
  expect(opened.performance).toEqual({ realised: {} });
  expect(after(opened, filled("adjust", { [usd]: "-50", [vault]: "40" })).performance).toEqual({ realised: {} });
  const part = after(opened, filled("exit", { [usd]: "40", [vault]: "-31", [eth]: "3" }));
  // 31 of 95 shares cost 32 of 100, rounded down.
  expect(part.performance).toEqual({ realised: { [usd]: "8", [eth]: "3" } } as never);
  const whole = after(part, filled("exit", { [usd]: "60", [vault]: "-64" }, true));
  expect(whole.performance).toEqual({ realised: { [eth]: "3" } } as never);
});

test("what was paid in another asset counts against what came out", () => {
  const opened = after(start(), filled("enter", { [eth]: "-7", [vault]: "95" }));
  const closed = after(opened, filled("exit", { [usd]: "110", [vault]: "-95" }, true));
  expect(closed.performance).toEqual({ realised: { [usd]: "110", [eth]: "-7" } } as never);
});

test("tokens of a collection count together, so that the sums stay few", () => {
  const opened = after(start(), filled("enter", { [usd]: "-100", [nft]: "1" }));
  const closed = after(opened, filled("exit", { [usd]: "90" }, true));
  expect(closed.performance).toEqual({ realised: { [usd]: "-10", "n/erc721:lp": "1" } } as never);
});

const size = fc.bigInt({ min: 1n, max: 10n ** 30n });
const orders = fc.record({ action: fc.constantFrom("adjust", "exit", "undone", "resolved"), paid: size, shares: size });

test("whatever orders do, the sums are what came out of the position less what it cost, as it says itself", () => {
  const law = fc.property(fc.array(orders, { maxLength: 8 }), fc.boolean(), (given, closes) => {
    const told = given.map(({ action, paid, shares }): FilledOrder | UndoneOrder => {
      if (action === "adjust") return filled("adjust", { [usd]: `-${paid}`, [vault]: `${shares}` });
      const exit = filled("exit", { [usd]: `${paid}`, [vault]: `-${shares}` });
      return action === "exit" ? exit : { ...exit, how: action as UndoneOrder["how"] };
    });
    const closing = closes ? [filled("exit", { [usd]: "5" }, true)] : [];
    const { position, performance } = [entered, ...told, ...closing].reduce(after, start());
    expect(position).toMatchObject({ realised: ofAsset(performance.realised, usd) });
  });
  fc.assert(law, { seed: 31337 });
});

const unit = (price: string, decimals: number): Decimal =>
  multiplyDecimals(decimal(price), scaledDecimal("1", decimals));
const prices = new Map([
  [usd, unit("1", 2)],
  [eth, unit("2000", 3)],
]);
const worth = (value: string) => ({ ok: true, value: value as Amount }) as const;
const realised = (changes: Changes): Performance => ({ realised: changes as Performance["realised"] });

test("figures are in the currency, rounded once, and zero where there is nothing", () => {
  expect(performanceView(performanceKind.initial, [], new Map())).toEqual({ realised: "0.00", unrealised: "0.00" });
  const cost = { [usd]: delta("10000") };
  const positions = [
    { asset: usd, value: worth("12550"), cost },
    { asset: eth, value: worth("0"), cost },
  ];
  expect(performanceView(realised({ [usd]: "-250", [eth]: "1" }), positions, prices)).toEqual({
    ...{ realised: "-0.50", unrealised: "-74.50" },
  });
});

test("an unknown price or value is unavailable, each where it is needed, and never zero", () => {
  const [paid, position] = [{ [vault]: delta("5") }, { asset: usd, value: worth("1"), cost: {} }];
  const view = (sums: Changes, ...positions: Parameters<typeof performanceView>[1]) =>
    performanceView(realised(sums), positions, prices);
  expect(view({ [vault]: "1" }, position)).toEqual({ realised: null, unrealised: "0.01" });
  expect(view({}, { ...position, cost: paid })).toEqual({ realised: "0.00", unrealised: null });
  expect(view({}, { ...position, asset: vault })).toEqual({ realised: "0.00", unrealised: null });
  const unvalued = { ...position, value: { ok: false, reason: "chain-unreachable" } } as const;
  expect(view({ [usd]: "7" }, position, unvalued)).toEqual({ realised: "0.07", unrealised: null });
});
