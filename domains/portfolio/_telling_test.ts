/**
 * What the tests of the portfolio service tell it, and a service to tell it to.
 *
 * @module
 */
import { createStores, openDatabase } from "../../adapters/sqlite/mod.ts";
import type { PriceOf, ReadContract } from "../../ports/mod.ts";
import type { AccountId, Amount, AssetId, Delta, Instant, NetworkId, Resolved, UserId } from "../shared/mod.ts";
import {
  assetInfoKind,
  createPortfolioService,
  investorKind,
  ledgerKind,
  performanceKind,
  portfolioReactions,
  positionKind,
  postedTransactionKind,
  valuedPlayKind,
  valuedWalletKind,
} from "./mod.ts";

export const at = "2026-11-23T00:00:00.000Z" as Instant;
export const network = "eip155:31337" as NetworkId;
export const eth = "eip155:31337/slip44:60" as AssetId;
export const usd = "eip155:31337/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3" as AssetId;
export const vault = "eip155:31337/erc20:0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512" as AssetId;
export const address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const account = `${network}:${address}` as AccountId;
export const user = "u1" as UserId;
const order = (id: string) => ({ type: "order", order: id }) as const;
export const unquoted: PriceOf = async () => undefined;
export const dollars: PriceOf = async (asset, currency) => ({
  asset,
  value: "2.5",
  currency,
  source: "t",
  at,
  confidence: 1,
});
export const unread: ReadContract = async () => Promise.reject(new Error("Nothing is read"));

export function start({
  priceOf = unquoted,
  readContract = unread,
}: {
  priceOf?: PriceOf;
  readContract?: ReadContract;
} = {}) {
  const stores = createStores(openDatabase(":memory:"), () => at);
  const portfolio = createPortfolioService({
    natives: new Map(),
    ledgers: stores.open(ledgerKind),
    positions: stores.open(positionKind),
    performances: stores.open(performanceKind),
    transactions: stores.open(postedTransactionKind),
    plays: stores.open(valuedPlayKind),
    wallets: stores.open(valuedWalletKind),
    assets: stores.open(assetInfoKind),
    investors: stores.open(investorKind),
    journal: stores.journal,
    ...{ priceOf, readContract },
    clock: () => at,
    deriveId: (...parts) => parts.join("|"),
  });
  const reactions = portfolioReactions(portfolio);
  const causedBy = (key: string) => ({ actor: user, correlation: "c1", event: key, key });
  return { portfolio, reactions, causedBy };
}

export type Started = ReturnType<typeof start>;
/** A fact on its way, with the id of its event: telling it again is telling the same fact. */
export type Fact = (to: Started) => Promise<unknown>;

const amounts = (assets: Readonly<Record<AssetId, string>>) =>
  Object.entries(assets).map(([asset, size]) => ({ asset: asset as AssetId, amount: size as Amount }));

export const deposited = (id: string, asset: AssetId, size: string): Fact => {
  const seen = { user, wallet: "w1", account, network, asset, amount: size as Amount, hash: `0x${id}` };
  return ({ reactions, causedBy }) => reactions.deposit.DepositFinal(seen, id, causedBy(`deposit/${id}/3`));
};
export const vanished = (id: string, asset: AssetId, size: string): Fact => {
  const seen = { user, wallet: "w1", account, network, asset, amount: size as Amount, hash: `0x${id}` };
  return ({ reactions, causedBy }) => reactions.deposit.DepositReverted(seen, id, causedBy(`deposit/${id}/4`));
};
export const held = (
  hold: string,
  assets: Readonly<Record<AssetId, string>>,
  from: Readonly<Record<AssetId, string>> = {},
): Fact => {
  const fromPosition = { position: "p1", assets: amounts(from) };
  const event = { user, hold, purpose: order(hold), assets: amounts(assets), fromPosition };
  return ({ reactions, causedBy }) => reactions.wallet.FundsHeld(event, "w1", causedBy(`wallet/w1/held-${hold}`));
};
export const released = (
  hold: string,
  assets: Readonly<Record<AssetId, string>>,
  to: Readonly<Record<AssetId, string>> = {},
): Fact => {
  const toPosition = { position: "p1", assets: amounts(to) };
  const event = { user, hold, purpose: order(hold), released: amounts(assets), toPosition };
  return ({ reactions, causedBy }) => reactions.wallet.HoldReleased(event, "w1", causedBy(`wallet/w1/end-${hold}`));
};
type Moved = readonly (readonly [asset: AssetId, delta: string, held: string])[];
export const settled = (id: string, hold: string, moved: Moved, fee: string): Fact => {
  const effects = moved.map(([asset, delta, part]) => ({ asset, delta: delta as Delta, held: part as Delta }));
  const event = {
    ...({ user, wallet: "w1", account, network, hash: `0x${id}`, outcome: "success", effects, hold } as const),
    ...{ fee: { asset: eth, amount: fee as Amount }, purpose: order(hold) },
  };
  return ({ reactions, causedBy }) => reactions.transfer.TransferSettled(event, id, causedBy(`transfer/${id}/5`));
};
export const filled = (id: string, action: "enter" | "exit", effects: Moved, closed: boolean): Fact => {
  const changes = effects.map(([asset, delta]) => ({ asset, delta: delta as Delta }));
  const event = { user, wallet: "w1", play: "vault", version: 1, action, position: "p1", asset: usd, closed, at };
  return ({ reactions, causedBy }) =>
    reactions.order.OrderFilled({ ...event, effects: changes }, id, causedBy(`order/${id}/9`));
};

const convert = {
  to: vault.split(":").at(-1) ?? "",
  function: "function convertToAssets(uint256 shares) view returns (uint256)",
};
const valuation = { read: { ...convert, arguments: [{ from: `position.${vault}` }], output: "0" } };
const published: Fact = ({ reactions, causedBy }) => {
  const health = { value: { from: `position.${vault}` }, decimals: 1, warn: "9.6", critical: "5" };
  const definition = { title: "Vault", network, asset: usd, valuation, health };
  return reactions.play_version.VersionPublished({ play: "vault", version: 1, definition }, "vault-1", causedBy("v/1"));
};
export const known: readonly Fact[] = [
  published,
  ({ reactions, causedBy }) => reactions.user.UserRegistered({}, user, causedBy("user/u1/1")),
  ({ reactions, causedBy }) =>
    reactions.wallet.WalletCreated({ accounts: [{ network, address }] }, "w1", causedBy("wallet/w1/1")),
  ({ reactions, causedBy }) =>
    reactions.asset.AssetListed({ symbol: "USD", decimals: 2 }, usd, causedBy("asset/usd/1")),
  ({ reactions, causedBy }) =>
    reactions.asset.AssetListed({ symbol: "ETH", decimals: 3 }, eth, causedBy("asset/eth/1")),
];
export const entered: readonly Fact[] = [
  deposited("d1", usd, "100"),
  deposited("d2", eth, "50"),
  held("p1", { [usd]: "100", [eth]: "20" }),
  settled(
    "t1",
    "p1",
    [
      [usd, "-100", "-100"],
      [vault, "95", "95"],
      [eth, "-4", "-4"],
    ],
    "4",
  ),
  released("p1", { [eth]: "16" }, { [vault]: "95" }),
  filled(
    "p1",
    "enter",
    [
      [usd, "-100", "0"],
      [vault, "95", "0"],
    ],
    false,
  ),
];
export const left: readonly Fact[] = [
  held("o2", { [eth]: "10" }, { [vault]: "95" }),
  settled(
    "t2",
    "o2",
    [
      [vault, "-95", "-95"],
      [usd, "110", "110"],
      [eth, "-3", "-3"],
    ],
    "3",
  ),
  released("o2", { [eth]: "7", [usd]: "110" }),
  filled(
    "o2",
    "exit",
    [
      [vault, "-95", "0"],
      [usd, "110", "0"],
    ],
    true,
  ),
];

export async function tell(to: Started, facts: readonly Fact[]): Promise<void> {
  for (const fact of facts) await fact(to);
}

/** A vault whose shares have earned: 95 of them are worth 110. */
export const earning: ReadContract = async (_, { arguments: [shares] }): Promise<Resolved> =>
  `${(BigInt(`${shares}`) * 110n) / 95n}`;

export const shownBalances = async ({ portfolio }: Started): Promise<string[][]> =>
  (await portfolio.balances(user)).map(({ asset, available, held, inPositions }) => [
    asset,
    available,
    held,
    inPositions,
  ]);
