import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  evolve as evolvePosition,
  fillOrder,
  type Position,
  positionKind,
  undoOrder,
} from "../domains/portfolio/position.ts";
import {
  type Amount,
  type AssetId,
  addDeltas,
  amount,
  type Delta,
  delta,
  type Instant,
  negate,
  subtractAmounts,
  type UserId,
  zero,
} from "../domains/shared/mod.ts";
import { type AssetAmount, holdingsAfter, holdingsUndone, netOf, withoutFee } from "../domains/task/effects.ts";
import { applyEffects, holdForOrder, releaseOrder } from "../domains/wallet/holds.ts";
import { evolve as evolveWallet, type OpenWallet, type Wallet, type WalletEvent } from "../domains/wallet/wallet.ts";

const [usd, eth, shares, reward] = ["n/erc20:usd", "n/slip44:60", "n/erc20:shares", "n/erc20:reward"] as [
  ...[AssetId, AssetId, AssetId, AssetId],
];
const user = "u1" as UserId;
const at = "2026-11-23T00:00:00.000Z" as Instant;
const stake = { asset: usd, amount: amount("100") };
const reserve = { asset: eth, amount: amount("60") };

type Move = { readonly asset: AssetId; readonly gains: boolean; readonly size: number };
type Step = { readonly moves: readonly Move[]; readonly fee: number };
type Order = {
  readonly action: "adjust" | "exit";
  readonly outcome: "filled" | "undone";
  readonly steps: readonly Step[];
};

/** What each domain knows of one wallet and one position. */
type World = { wallet: OpenWallet; held: readonly AssetAmount[]; position: Position; closed: boolean };

function start(): World {
  const events: WalletEvent[] = [
    { type: "WalletCreated", user, label: "", accounts: [] },
    { type: "DepositCredited", deposit: "d1", asset: usd, amount: amount("100000") },
    { type: "DepositCredited", deposit: "d2", asset: eth, amount: amount("100000") },
  ];
  const wallet = events.reduce<Wallet>(evolveWallet, { status: "absent" }) as OpenWallet;
  return { wallet, held: [], position: positionKind.initial, closed: false };
}

function walletAfter(wallet: OpenWallet, ...events: readonly WalletEvent[]): OpenWallet {
  return events.reduce<Wallet>(evolveWallet, wallet) as OpenWallet;
}

/** What a transaction may take of an asset, as the guard sees to: what the hold has, but not what is set aside for fees. */
function spendable(wallet: OpenWallet, id: string, action: string, asset: AssetId): bigint {
  const { assets = {}, fees = {} } = wallet.holds[id] ?? {};
  const has = BigInt(assets[asset] ?? zero);
  if (asset !== eth) return has;
  // Value that an adjustment sends along is paid by the user, whatever ether the position has.
  return action === "exit" ? has - BigInt(subtractAmounts(reserve.amount, fees[eth] ?? zero)) : 0n;
}

/** One transaction: the wallet's effects with the fee among them. */
function transaction(wallet: OpenWallet, id: string, action: string, { moves, fee: wanted }: Step) {
  const left = BigInt(subtractAmounts(reserve.amount, wallet.holds[id]?.fees[eth] ?? zero));
  const paid = BigInt(wanted) < left ? BigInt(wanted) : left;
  const sums = new Map<AssetId, bigint>();
  for (const { asset, gains, size } of moves) {
    const most = spendable(wallet, id, action, asset) + (sums.get(asset) ?? 0n);
    const change = gains ? BigInt(size) : -(BigInt(size) < most ? BigInt(size) : most);
    sums.set(asset, (sums.get(asset) ?? 0n) + change);
  }
  const changes = [...sums].map(([asset, change]) => ({ asset, delta: delta(change) }));
  const fee = { asset: eth, amount: amount(paid) };
  return { effects: netOf([changes, [{ asset: eth, delta: negate(fee.amount) }]]), fee };
}

/** Carries an order out in all three domains; one that the wallet refuses changes nothing. */
function carryOut(world: World, id: string, action: "enter" | "adjust" | "exit", order: Omit<Order, "action">): void {
  const exits = action === "exit";
  const needs = { order: id, user, assets: exits ? [reserve] : [stake, reserve], ...(exits && { leaves: "p1" }) };
  const taken = holdForOrder(world.wallet, needs);
  if (!taken.ok || taken.events[0]?.type !== "FundsHeld") return;
  let wallet = walletAfter(world.wallet, ...taken.events);
  const all: ReturnType<typeof withoutFee>[] = [];
  for (const step of order.steps) {
    const { effects, fee } = transaction(wallet, id, action, step);
    all.push(withoutFee({ effects, fee }));
    wallet = walletAfter(wallet, applyEffects(wallet, { transfer: "t", hold: id, effects, fee }));
  }
  const effects = netOf(all);
  const filling = { action, asset: usd, effects };
  const filled = order.outcome === "filled";
  const held = filled ? holdingsAfter(world.held, filling) : holdingsUndone(world.held, filling);
  const closed = exits && held.length === 0 && (filled || effects.length > 0);
  const end = filled ? ({ type: "filled", action, position: "p1", closed } as const) : ({ type: "dropped" } as const);
  const released = releaseOrder(wallet, { order: id, user, end });
  const told = { ...filling, user, wallet: "w1", play: "pl", version: 1, order: id, closed, at };
  const changed = filled ? fillOrder(world.position, told) : undoOrder(world.position, { ...told, how: "undone" });
  world.wallet = walletAfter(wallet, ...(released.ok ? released.events : []));
  world.held = held;
  world.position = (changed.ok ? changed.events : []).reduce(evolvePosition, world.position);
  world.closed = closed;
}

const listed = (amounts: Readonly<Record<string, Amount | Delta>>) =>
  Object.entries(amounts).map(([asset, size]) => `${asset} ${addDeltas(size)}`);

/** What the position has, as the wallet holds it, as the next order is made from it, and as the user sees it. */
function views({ wallet, held, position }: World) {
  return {
    wallet: listed(wallet.holds.p1?.assets ?? {}).sort(),
    task: held.map(({ asset, amount: size }) => `${asset} ${size}`).sort(),
    portfolio: listed(position.status === "open" ? position.holdings : {}).sort(),
  };
}

const move = fc.record({
  asset: fc.constantFrom(usd, eth, shares, reward),
  gains: fc.boolean(),
  size: fc.integer({ min: 1, max: 60 }),
});
const steps = fc.array(fc.record({ moves: fc.array(move, { maxLength: 3 }), fee: fc.nat(15) }), { maxLength: 4 });
const orders: fc.Arbitrary<Order> = fc.record({
  action: fc.constantFrom("adjust", "exit"),
  outcome: fc.constantFrom("filled", "undone"),
  steps,
});

test("whatever orders fill or come to nothing, wallet, task and portfolio know of the same assets in a position", () => {
  let undone = 0;
  const law = fc.property(steps, fc.array(orders, { maxLength: 6 }), (entering, following) => {
    const world = start();
    carryOut(world, "p1", "enter", { outcome: "filled", steps: entering });
    for (const [place, order] of following.entries()) {
      if (world.closed) break;
      carryOut(world, `o${place}`, order.action, order);
      const { wallet, task, portfolio } = views(world);
      expect({ wallet, portfolio }).toEqual({ wallet: task, portfolio: task });
      expect(world.position.status).toBe(world.closed ? "closed" : "open");
      if (order.outcome === "undone" && order.action === "exit" && task.length > 0) undone += 1;
    }
    expect(Object.keys(world.wallet.holds)).toEqual(world.held.length > 0 ? ["p1"] : []);
  });
  fc.assert(law, { numRuns: 3_000 });
  expect(undone).toBeGreaterThan(500);
});

const redeemed = {
  moves: [
    { asset: shares, gains: false, size: 95 },
    { asset: usd, gains: true, size: 110 },
  ],
  fee: 3,
};
const back = (size: number) => ({
  moves: [
    { asset: usd, gains: false, size: 110 },
    { asset: shares, gains: true, size },
  ],
  fee: 3,
});

test.each([
  ["fewer shares", [redeemed, back(94)], ["n/erc20:shares 94"]],
  ["more shares", [redeemed, back(96)], ["n/erc20:shares 96"]],
  ["all shares", [redeemed, back(95)], ["n/erc20:shares 95"]],
  ["no shares, but their price", [redeemed], []],
])("all three agree on an exit that was undone: %s came back", (_what, steps, left) => {
  const world = start();
  const entering = {
    moves: [
      { asset: usd, gains: false, size: 100 },
      { asset: shares, gains: true, size: 95 },
    ],
    fee: 3,
  };
  carryOut(world, "p1", "enter", { outcome: "filled", steps: [entering] });
  carryOut(world, "o1", "exit", { outcome: "undone", steps });
  expect(views(world)).toEqual({ wallet: left, task: left, portfolio: left });
});
