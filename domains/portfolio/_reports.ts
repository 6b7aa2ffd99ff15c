import { type AggregateStore, type Journal, type Loaded, lift, type Page, type PriceOf } from "../../ports/mod.ts";
import { type AssetId, type Decimal, decimal, multiplyDecimals, scaledDecimal, type UserId } from "../shared/mod.ts";
import { createValuing, type ValuingDependencies } from "./_valuing.ts";
import type { AssetDetails, AssetInfo, AssetInfoEvent } from "./asset_info.ts";
import type { Investor, InvestorEvent } from "./investor.ts";
import { type Ledger, type LedgerEvent, ledgerKind } from "./ledger.ts";
import { assetsOfPerformance, type Performance, type PerformanceEvent } from "./performance.ts";
import type { Position, PositionEvent } from "./position.ts";
import { assetsToPrice, cashOf, type PortfolioView, summarise, type ValuedPosition } from "./summary.ts";
import {
  type Balance,
  balancesOf,
  closedPositionView,
  type EntryView,
  entryView,
  openPositionView,
  type PositionView,
} from "./views.ts";

export type ReportDependencies = ValuingDependencies & {
  readonly ledgers: AggregateStore<Ledger, LedgerEvent>;
  readonly positions: AggregateStore<Position, PositionEvent>;
  readonly performances: AggregateStore<Performance, PerformanceEvent>;
  readonly assets: AggregateStore<AssetInfo, AssetInfoEvent>;
  readonly investors: AggregateStore<Investor, InvestorEvent>;
  /** The networks' own assets: nobody lists them. */
  readonly natives: ReadonlyMap<string, AssetDetails>;
  readonly journal: Journal;
  readonly priceOf: PriceOf;
};

/** How many positions are valued side by side: each may ask the chain. */
const batch = 50;

export type PageOf = { readonly limit: number; readonly after?: string };
export type PositionsQuery = PageOf & { readonly status?: "open" | "closed" };
export type BalanceView = Balance & Partial<AssetDetails>;

/** The questions that people ask of portfolios. */
export function createReports(dependencies: ReportDependencies) {
  const { ledgers, positions, performances, assets, natives, investors, journal, priceOf, clock } = dependencies;
  const valued = createValuing(dependencies);

  async function view({ id, state }: Loaded<Position>): Promise<PositionView | undefined> {
    if (state.status === "absent") return undefined;
    return state.status === "closed" ? closedPositionView(id, state) : openPositionView(id, state, await valued(state));
  }

  async function openPositions(user: UserId): Promise<ValuedPosition[]> {
    const found: ValuedPosition[] = [];
    let after: string | undefined;
    do {
      const page = await positions.find({ where: { user, status: "open" }, limit: batch, ...(after && { after }) });
      found.push(...(await Promise.all(page.items.map(summaryLine))).flat());
      after = page.next;
    } while (after !== undefined);
    return found;
  }

  async function summaryLine({ id, state }: Loaded<Position>): Promise<ValuedPosition[]> {
    if (state.status !== "open") return [];
    const { value, health } = await valued(state);
    const { play, asset, cost } = state;
    return [{ id, play, asset, value, cost, ...(health && { health: health.status }) }];
  }

  async function detailsOf(asset: AssetId): Promise<Partial<AssetDetails>> {
    const native = natives.get(asset);
    if (native) return native;
    const { state } = await assets.load(asset);
    return state.status === "listed" ? { symbol: state.symbol, decimals: state.decimals } : {};
  }

  /** What a base unit costs; undefined where nobody quotes the asset, or nobody listed it. */
  async function unitPrice(asset: AssetId, currency: string): Promise<Decimal | undefined> {
    const [price, { decimals }] = await Promise.all([priceOf(asset, currency), detailsOf(asset)]);
    return price && decimals !== undefined
      ? multiplyDecimals(decimal(price.value), scaledDecimal("1", decimals))
      : undefined;
  }

  async function currencyOf(user: UserId): Promise<string> {
    return (await investors.load(user)).state.currency;
  }

  return {
    /** Whether there is such a user, as far as is known here. */
    async hasUser(user: UserId): Promise<boolean> {
      return (await investors.load(user)).state.status === "registered";
    },

    async portfolio(user: UserId): Promise<PortfolioView> {
      const [{ state: ledger }, { state: performance }, currency, open] = await Promise.all([
        ledgers.load(user),
        performances.load(user),
        currencyOf(user),
        openPositions(user),
      ]);
      const cash = cashOf(ledger);
      const prices = new Map<AssetId, Decimal>();
      for (const asset of new Set([...assetsToPrice(cash, open), ...assetsOfPerformance(performance, open)])) {
        const price = await unitPrice(asset, currency);
        if (price) prices.set(asset, price);
      }
      return summarise({ cash, positions: open, performance, prices, currency, asOf: clock() });
    },

    async balances(user: UserId): Promise<BalanceView[]> {
      const { state } = await ledgers.load(user);
      return Promise.all(balancesOf(state).map(async (row) => ({ ...row, ...(await detailsOf(row.asset)) })));
    },

    /** Newest first. */
    async positions(user: UserId, { status, ...page }: PositionsQuery): Promise<Page<PositionView>> {
      const where = status === undefined ? { user } : { user, status };
      const { items, ...next } = await positions.find({ where, order: "descending", ...page });
      const views = await Promise.all(items.map(view));
      return { items: views.filter((each) => each !== undefined), ...next };
    },

    /** Somebody else's position is as unknown as one that never was. */
    async position(user: UserId, id: string) {
      const loaded = await positions.load(id);
      const { state } = loaded;
      const found = state.status !== "absent" && state.user === user ? await view(loaded) : undefined;
      return found ? ({ ok: true, position: found } as const) : ({ ok: false, refusal: "position-not-found" } as const);
    },

    /** The ledger, newest first. */
    async entries(user: UserId, page: PageOf): Promise<Page<EntryView>> {
      const query = { kind: ledgerKind.name, aggregate: user, order: "descending", ...page } as const;
      const { items, ...next } = await journal.read(query);
      const events = items.map(({ envelope }) => lift(ledgerKind, "event", envelope.schema, envelope.event));
      return { items: events.map((event) => entryView(event as LedgerEvent)), ...next };
    },

    /** In the user's currency; without `price` where nobody quotes it. */
    async price(user: UserId, asset: AssetId) {
      const currency = await currencyOf(user);
      return { asset, currency, price: await priceOf(asset, currency) };
    },
  };
}
