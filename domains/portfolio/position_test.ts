import { expect, test } from "bun:test";
import fc from "fast-check";
import { type AssetId, delta, type Instant, type UserId } from "../shared/mod.ts";
import { evolve, type FilledOrder, fillOrder, type Position, positionKind } from "./position.ts";

const at = "2026-11-23T00:00:00.000Z" as Instant;
const usd = "eip155:31337/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3" as AssetId;
const vault = "eip155:31337/erc20:0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512" as AssetId;
const reward = "eip155:31337/erc20:0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0" as AssetId;
const terms = { user: "u1" as UserId, wallet: "w1", play: "p1", version: 1, asset: usd, at };

function filled(
  action: FilledOrder["action"],
  changes: Readonly<Record<AssetId, string>>,
  closed = false,
): FilledOrder {
  const effects = Object.entries(changes).map(([asset, change]) => ({ asset: asset as AssetId, delta: delta(change) }));
  return { ...terms, order: "o1", action, effects, closed };
}

function eventsOf(position: Position, order: FilledOrder) {
  const decision = fillOrder(position, order);
  if (!decision.ok) throw new Error("fillOrder() never refuses");
  return decision.events;
}

const given = (...orders: FilledOrder[]): Position =>
  orders.reduce((position, order) => eventsOf(position, order).reduce(evolve, position), positionKind.initial);

const entered = filled("enter", { [usd]: "-100", [vault]: "95" });

test("entering opens with what came in, at the cost of what went out", () => {
  expect(eventsOf(given(), entered)).toEqual([
    {
      type: "PositionOpened",
      ...terms,
      holdings: [{ asset: vault, amount: "95" }],
      cost: [{ asset: usd, amount: "100" }],
    },
  ] as never);
});

test("leaving whole closes with the yield as profit", () => {
  expect(given(entered, filled("exit", { [usd]: "110", [vault]: "-95" }, true))).toMatchObject({
    status: "closed",
    invested: { [usd]: "100" },
    proceeds: { [usd]: "110" },
    realised: "10",
    closedAt: at,
  });
});

test("leaving at a loss is a negative profit", () => {
  expect(given(entered, filled("exit", { [usd]: "93", [vault]: "-95" }, true))).toMatchObject({ realised: "-7" });
});

test("leaving in part takes the same part of the cost, rounded down", () => {
  expect(given(entered, filled("exit", { [usd]: "40", [vault]: "-31" }))).toMatchObject({
    status: "open",
    holdings: { [vault]: "64" },
    // 100 * 31 / 95 = 32.6…
    cost: { [usd]: "68" },
    realised: "8",
  });
});

test("adjusting adds to holdings and cost", () => {
  expect(given(entered, filled("adjust", { [usd]: "-50", [vault]: "47" }))).toMatchObject({
    holdings: { [vault]: "142" },
    cost: { [usd]: "150" },
    invested: { [usd]: "150" },
    realised: "0",
  });
});

test("adjusting may turn one holding into another, at no cost", () => {
  expect(given(entered, filled("adjust", { [vault]: "-95", [reward]: "94" }))).toMatchObject({
    holdings: { [reward]: "94" },
    cost: { [usd]: "100" },
  });
});

test("rewards that come out with an exit are proceeds, beside the profit in the play's asset", () => {
  const closed = given(entered, filled("exit", { [usd]: "100", [vault]: "-95", [reward]: "3" }, true));
  expect(closed).toMatchObject({ proceeds: { [usd]: "100", [reward]: "3" }, realised: "0" });
});

test("what a closed position still had is the user's again", () => {
  const brokeInto = filled("adjust", { [usd]: "20", [vault]: "-19" });
  const closed = given(entered, brokeInto, filled("exit", { [usd]: "85", [vault]: "-70" }, true));
  expect(closed).toMatchObject({ proceeds: { [usd]: "105", [vault]: "6" }, realised: "5" });
});

test("a rebasing holding that gives more than came in leaves nothing behind", () => {
  expect(given(entered, filled("exit", { [usd]: "110", [vault]: "-99" }))).toMatchObject({ holdings: {}, cost: {} });
});

const size = fc.bigInt({ min: 1n, max: 10n ** 30n });
const step = fc.oneof(
  fc.record({ action: fc.constant("adjust" as const), paid: size, shares: size }),
  fc.record({ action: fc.constant("exit" as const), paid: size, shares: size }),
);

test("once closed, profit is all that came out less all that went in, whatever was done in between", () => {
  const law = fc.property(fc.array(step, { maxLength: 8 }), size, fc.nat(), (steps, out, late) => {
    const orders = steps.map(({ action, paid, shares }) =>
      action === "exit"
        ? filled("exit", { [usd]: `${paid}`, [vault]: `-${shares}` })
        : filled("adjust", { [usd]: `-${paid}`, [vault]: `${shares}` }),
    );
    const closing = filled("exit", { [usd]: `${out}` }, true);
    // An order that another one overtook may even come after the close.
    const told = [entered, ...orders.toSpliced(late % (orders.length + 1), 0, closing)];
    const expected = told
      .flatMap(({ effects }) => effects)
      .reduce((sum, effect) => (effect.asset === usd ? sum + BigInt(effect.delta) : sum), 0n);
    expect(given(...told)).toMatchObject({ status: "closed", realised: `${expected}` });
  });
  fc.assert(law, { seed: 31337 });
});
