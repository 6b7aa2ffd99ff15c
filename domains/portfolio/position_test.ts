import { expect, test } from "bun:test";
import fc from "fast-check";
import { type AssetId, delta, type Instant, type UserId } from "../shared/mod.ts";
import {
  evolve,
  type FilledOrder,
  fillOrder,
  type Position,
  positionKind,
  type UndoneOrder,
  undoOrder,
} from "./position.ts";

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

const givenMore = (position: Position, order: FilledOrder): Position =>
  eventsOf(position, order).reduce(evolve, position);
const given = (...orders: FilledOrder[]): Position => orders.reduce(givenMore, positionKind.initial);

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

const undone = (
  action: UndoneOrder["action"],
  changes: Readonly<Record<AssetId, string>>,
  how: UndoneOrder["how"] = "undone",
  closed = false,
): UndoneOrder => {
  const { effects, order } = filled(action, changes);
  return { order, how, action, asset: usd, effects, closed, at };
};

function after(position: Position, order: UndoneOrder): Position {
  const decision = undoOrder(position, order);
  return decision.ok ? decision.events.reduce(evolve, position) : position;
}

test("an exit that was undone leaves what came back, at the cost of before: nothing was sold", () => {
  expect(after(given(entered), undone("exit", { [vault]: "-20" }))).toMatchObject({
    ...{ status: "open", holdings: { [vault]: "75" }, cost: { [usd]: "100" }, realised: "0" },
  });
  expect(after(given(entered), undone("exit", { [vault]: "3" }))).toMatchObject({
    ...{ holdings: { [vault]: "98" }, cost: { [usd]: "100" }, realised: "0" },
  });
  expect(after(given(entered), undone("exit", { [vault]: "-1", [usd]: "2" }))).toMatchObject({
    ...{ holdings: { [vault]: "94" }, cost: { [usd]: "100" }, proceeds: { [usd]: "2" }, realised: "2" },
  });
});

test("an exit that a person settled as it stood has sold what it brought proceeds for", () => {
  expect(after(given(entered), undone("exit", { [vault]: "-31", [usd]: "40" }, "resolved"))).toMatchObject({
    ...{ status: "open", holdings: { [vault]: "64" }, cost: { [usd]: "68" }, realised: "8" },
  });
  expect(after(given(entered), undone("exit", { [vault]: "-31" }, "resolved"))).toMatchObject({
    ...{ holdings: { [vault]: "64" }, cost: { [usd]: "100" }, realised: "0" },
  });
});

test("an exit whose incident left nothing of the position closes it, with what it brought", () => {
  expect(after(given(entered), undone("exit", { [vault]: "-95", [usd]: "110" }, "resolved", true))).toMatchObject({
    ...{ status: "closed", proceeds: { [usd]: "110" }, realised: "10", closedAt: at },
  });
});

test("an adjustment that was undone brings nothing and costs nothing, but for what it lost of the position", () => {
  const gone = undone("adjust", { [usd]: "-50", [vault]: "47" });
  expect(undoOrder(given(entered), gone)).toEqual({
    ok: true,
    events: [{ type: "PositionKept", user: terms.user, order: "o1", at }],
  });
  expect(after(given(entered), gone)).toEqual(given(entered));
  expect(after(given(entered), undone("adjust", { [usd]: "-1", [vault]: "-19" }))).toMatchObject({
    ...{ holdings: { [vault]: "76" }, cost: { [usd]: "100" }, proceeds: {}, realised: "0" },
  });
});

test("what an undone exit moved is told after the close, and counts as proceeds", () => {
  const closed = given(entered, filled("exit", { [usd]: "110", [vault]: "-94" }, true));
  expect(closed).toMatchObject({ proceeds: { [usd]: "110", [vault]: "1" } });
  expect(after(closed, undone("exit", { [vault]: "-1" }))).toMatchObject({
    ...{ status: "closed", proceeds: { [usd]: "110" }, realised: "10" },
  });
  expect(after(closed, undone("exit", {}))).toEqual(closed);
});

const size = fc.bigInt({ min: 1n, max: 10n ** 30n });
const step = fc.oneof(
  fc.record({ action: fc.constant("adjust" as const), paid: size, shares: size }),
  fc.record({ action: fc.constant("exit" as const), paid: size, shares: size }),
  fc.record({
    action: fc.constantFrom("undone" as const, "resolved" as const),
    paid: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
    shares: size,
  }),
);

test("once closed, profit is all that came out less all that went in, whatever was done in between", () => {
  const law = fc.property(fc.array(step, { maxLength: 8 }), size, fc.nat(), (steps, out, late) => {
    const orders = steps.map(({ action, paid, shares }): FilledOrder | UndoneOrder => {
      if (action === "adjust") return filled("adjust", { [usd]: `-${paid}`, [vault]: `${shares}` });
      const changes = { [usd]: `${paid}`, [vault]: `-${shares}` };
      return action === "exit" ? filled("exit", changes) : undone("exit", changes, action);
    });
    const closing = filled("exit", { [usd]: `${out}` }, true);
    // An order that another one overtook may even come after the close.
    const told = [entered, ...orders.toSpliced(late % (orders.length + 1), 0, closing)];
    const position = told.reduce<Position>(
      (before, order) => ("how" in order ? after(before, order) : givenMore(before, order)),
      given(),
    );
    const expected = told
      .flatMap(({ effects }) => effects)
      .reduce((sum, effect) => (effect.asset === usd ? sum + BigInt(effect.delta) : sum), 0n);
    expect(position).toMatchObject({ status: "closed", realised: `${expected}` });
  });
  fc.assert(law, { seed: 31337 });
});
