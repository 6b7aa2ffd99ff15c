import { expect, test } from "bun:test";
import { type AssetId, amount, type Delta, delta, type Instant, type NetworkId } from "../shared/mod.ts";
import { depositEntry, holdEntry, releaseEntry, type Settlement, settlementEntry } from "./entries.ts";
import { evolve, type Ledger, ledgerKind, type NewEntry, postEntries } from "./ledger.ts";
import { balancesOf } from "./views.ts";

const at = "2026-11-23T00:00:00.000Z" as Instant;
const network = "eip155:31337" as NetworkId;
const eth = "eip155:31337/slip44:60" as AssetId;
const usd = "eip155:31337/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3" as AssetId;
const order = { type: "order", order: "o1" } as const;

function given(...entries: NewEntry[]): Ledger {
  const named = entries.map((each, place) => ({ ...each, entry: `e${place}` }));
  const decision = postEntries(ledgerKind.initial, { entries: named, at });
  return decision.ok ? decision.events.reduce(evolve, ledgerKind.initial) : ledgerKind.initial;
}

const deposit = (asset: AssetId, size: string) =>
  depositEntry({ deposit: "d1", wallet: "w1", network, hash: "0x1", asset, amount: amount(size) });
const holding = (asset: AssetId, size: string) => [{ asset, amount: amount(size) }];
const settlement = (effects: Settlement["effects"], fee: string): Settlement => ({
  ...{ transfer: "t1", wallet: "w1", network, hash: "0x2", outcome: "success", effects, hold: "o1", purpose: order },
  fee: { asset: eth, amount: amount(fee) },
});
const effect = (asset: AssetId, change: string, held: string) => ({ asset, delta: delta(change), held: delta(held) });

test("a deposit comes from outside and is free", () => {
  expect(given(deposit(usd, "100")).balances).toEqual({
    "wallet:w1": { [usd]: "100" as Delta },
    external: { [usd]: "-100" as Delta },
  });
});

test("a hold moves what is free, and its end moves it back", () => {
  const change = { wallet: "w1", hold: "o1", purpose: order, assets: holding(usd, "40") };
  expect(balancesOf(given(deposit(usd, "100"), holdEntry(change)))).toMatchObject([{ available: "60", held: "40" }]);
  const ended = given(deposit(usd, "100"), holdEntry(change), releaseEntry(change));
  expect(ended).toEqual(given(deposit(usd, "100")));
});

test("a position that is left moves into the order's hold, and what an order brought in becomes a position's", () => {
  const into = {
    wallet: "w1",
    hold: "o1",
    purpose: order,
    assets: [],
    position: { position: "p1", assets: holding(usd, "7") },
  };
  expect(given(releaseEntry(into)).balances["position:p1"]).toEqual({ [usd]: "7" as Delta });
  expect(given(releaseEntry(into), holdEntry(into)).balances).toEqual({});
});

test("a settled transfer takes the held part from the hold, the rest from the wallet, and names the network fee", () => {
  const { legs, reason } = settlementEntry(settlement([effect(eth, "-30", "-20"), effect(usd, "9", "9")], "5"));
  expect(legs).toEqual([
    { account: "held:o1", asset: eth, delta: delta("-20") },
    { account: "wallet:w1", asset: eth, delta: delta("-10") },
    { account: "held:o1", asset: usd, delta: delta("9") },
    { account: "fees:network", asset: eth, delta: delta("5") },
    { account: "external", asset: eth, delta: delta("25") },
    { account: "external", asset: usd, delta: delta("-9") },
  ]);
  expect(reason).toMatchObject({ network, hash: "0x2", order: "o1" });
});

test("a reverted transfer costs its fee, and nothing leaves for outside", () => {
  const entry = settlementEntry({ ...settlement([effect(eth, "-5", "-5")], "5"), outcome: "reverted" });
  expect(entry.legs.map(({ account }) => account)).toEqual(["held:o1", "fees:network"]);
});

test("postEntries() throws where an entry's legs do not sum to zero", () => {
  const legs = [{ account: "external", asset: usd, delta: delta("1") }] as const;
  const reason = { type: "hold", hold: "o1" } as const;
  expect(() => given({ reason, legs })).toThrow("do not sum to zero");
});
