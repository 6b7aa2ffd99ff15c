import {
  type AggregateStore,
  type Cause,
  type Clock,
  type DeriveId,
  type JsonSchemas,
  NotYetKnown,
  type Page,
  present,
  type SchemaFault,
  transact,
  transactTogether,
} from "../../ports/mod.ts";
import {
  type Amount,
  type Brand,
  compareAmounts,
  mayView,
  refuse,
  standsOn,
  type UserId,
  type Value,
  type Viewer,
  zero,
} from "../shared/mod.ts";
import { type AssetAmount, holdingsAfter, holdingsUndone, type NetEffect, tokensOf } from "./effects.ts";
import {
  type Holding,
  type HoldingEvent,
  noteWallet,
  type OwnedWallet,
  type OwnedWalletEvent,
  unlock,
} from "./holding.ts";
import {
  closeOffer,
  noteTerms,
  type Offer,
  type OfferEvent,
  type OfferedVersion,
  type OfferedVersionEvent,
  offeredVersionId,
  openOffer,
  reopenOffer,
  type StepDefinition,
  type Terms,
} from "./offer.ts";
import {
  type Action,
  cancelOrder,
  compensateOrder,
  endCompensation,
  fillOrder,
  holdOrder,
  isUnderWay,
  type KnownOrder,
  type Order,
  type OrderEvent,
  type OrderStatus,
  placeOrder,
  refuseOrder,
  resolveOrder,
  type Stuck,
  startOrder,
  stickOrder,
} from "./order.ts";
import { everything, type OrderScope, type Task, type TaskEvent } from "./task.ts";
import { namingOf, openingOf } from "./task_service.ts";
import { type OrderView, orderView } from "./views.ts";
import { cancelTask, hasStarted, openTask } from "./working.ts";

export type OrderService = ReturnType<typeof createOrderService>;
export type OrderId = Brand<"OrderId">;

export type OrderDependencies = {
  readonly orders: AggregateStore<Order, OrderEvent>;
  readonly tasks: AggregateStore<Task, TaskEvent>;
  readonly holdings: AggregateStore<Holding, HoldingEvent>;
  readonly offers: AggregateStore<Offer, OfferEvent>;
  readonly versions: AggregateStore<OfferedVersion, OfferedVersionEvent>;
  readonly ownedWallets: AggregateStore<OwnedWallet, OwnedWalletEvent>;
  readonly schemas: JsonSchemas;
  readonly clock: Clock;
  readonly deriveId: DeriveId;
};

export type AskOrder = {
  readonly play: string;
  readonly version: number;
  readonly wallet: string;
  readonly action: Action;
  readonly amount: Amount | "all";
  readonly parameters: { readonly [name: string]: unknown };
  readonly position?: string;
};

export type OrderRefusal =
  | "play-not-found"
  | "version-not-offered"
  | "play-closed"
  | "wallet-not-found"
  | "position-not-found"
  | "position-needed"
  | "position-not-taken"
  | "position-busy"
  | "action-not-offered"
  | "amount-out-of-limits"
  | "exit-whole-only"
  | "all-only-to-exit"
  | "parameters-faulty"
  | "order-differs";

type Listing = {
  readonly status?: OrderStatus | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};
type Refused = { readonly ok: false; readonly refusal: OrderRefusal; readonly faults?: readonly SchemaFault[] };

/** The commands and questions about orders. An order and the position that it works on change together. */
export function createOrderService(dependencies: OrderDependencies) {
  const { orders, tasks, holdings, offers, versions, ownedWallets, schemas, clock, deriveId } = dependencies;

  const termsOf = async (play: string, version: number) => (await versions.load(offeredVersionId(play, version))).state;

  /** What an order must be before it is one; the position is looked at again when it is taken. */
  async function consider(
    asked: AskOrder,
    viewer: Viewer,
  ): Promise<Refused | { ok: true; user: UserId; terms: Pick<Terms, "asset" | "network">; digest: string }> {
    const { play, version, wallet, action, amount } = asked;
    const [offer, offered, owned] = await Promise.all([
      offers.load(play),
      termsOf(play, version),
      ownedWallets.load(wallet),
    ]);
    if (offer.state.status === "unknown") return refuse("play-not-found");
    if (offered.status === "unknown") return refuse("version-not-offered");
    if (owned.state.status === "unknown" || !mayView(viewer, owned.state.user)) return refuse("wallet-not-found");
    const { user } = owned.state;
    const { terms, digest } = offered;
    const refusal = placeRefusal(asked) ?? termsRefusal(asked, terms);
    if (refusal) return refuse(refusal);
    if (action !== "exit" && offer.state.status === "closed") return refuse("play-closed");
    if (action === "enter" && offer.state.version !== version) return refuse("version-not-offered");
    const faults = schemas.faultsOf(terms.parameters, asked.parameters);
    if (faults.length > 0) return { ok: false, refusal: "parameters-faulty", faults };
    return amount === "all" && action !== "exit" ? refuse("all-only-to-exit") : { ok: true, user, terms, digest };
  }

  /** The order and, where it has one, its position; `decide` answers what the order records. */
  async function conclude(
    id: string,
    cause: Cause,
    decide: (order: Order, holding: Holding) => readonly OrderEvent[],
    onHolding: (order: KnownOrder, holding: Holding, events: readonly OrderEvent[]) => readonly HoldingEvent[],
  ) {
    const { state } = await orders.load(id);
    const position = (state.status !== "none" && state.position) || id;
    const targets = { order: { store: orders, id }, holding: { store: holdings, id: position } };
    return transactTogether(targets, cause, ({ order, holding }) => {
      const events = decide(order.state, holding.state);
      const concerned = order.state.status === "none" ? [] : onHolding(order.state, holding.state, events);
      return { ok: true, events: { order: events, holding: concerned } };
    });
  }

  const eventsOf = (decision: { readonly events: readonly OrderEvent[] }) => decision.events;
  /** An order that ended lets go of its position. */
  const letGo =
    (id: string, effects: (order: KnownOrder) => readonly NetEffect[] = () => []) =>
    (order: KnownOrder, holding: Holding, events: readonly OrderEvent[]): readonly HoldingEvent[] =>
      events.some(({ type }) => type !== "OrderNoted") ? releasing(id, order, holding, effects(order)) : [];

  async function found(id: string, viewer: Viewer) {
    const { state } = await orders.load(id);
    return state.status !== "none" && mayView(viewer, state.user) ? state : undefined;
  }

  return {
    /**
     * Places an order of the wallet's owner. `id` is the client's retry's too: the same again changes nothing. Without a viewer
     * the actor's own wallets are in view.
     */
    async place(
      id: string,
      asked: AskOrder,
      cause: Cause,
      viewer: Viewer = { user: cause.actor, any: false },
    ): Promise<Refused | { ok: true; view: OrderView }> {
      const known = await found(id, viewer);
      const considered = known ? { ok: true as const, terms: known, ...known } : await consider(asked, viewer);
      if (!considered.ok) return considered;
      const { user, digest, terms } = considered;
      const command = { ...asked, user, digest, asset: terms.asset, network: terms.network, at: clock() };
      const targets = { order: { store: orders, id }, holding: { store: holdings, id: asked.position ?? id } };
      const outcome = await transactTogether(targets, cause, ({ order, holding }) => {
        const placed = placeOrder(order.state, command);
        if (!placed.ok || placed.events.length === 0) return placed.ok ? { ok: true, events: {} } : placed;
        const refusal = asked.position === undefined ? undefined : positionRefusal(holding.state, asked, user);
        if (refusal) return refuse(refusal);
        const locked: HoldingEvent[] = asked.position === undefined ? [] : [{ type: "HoldingLocked", order: id }];
        return { ok: true, events: { order: placed.events, holding: locked } };
      });
      if (!outcome.ok) return outcome;
      return { ok: true, view: orderView(id, outcome.order.state as KnownOrder) };
    },

    async get(id: string, viewer: Viewer) {
      const state = await found(id, viewer);
      return state ? ({ ok: true, view: orderView(id, state) } as const) : refuse("order-not-found");
    },

    /** A user's, newest first. */
    async list(user: UserId, { status, after, limit }: Listing): Promise<Page<OrderView>> {
      const where = present({ user, status });
      const page = await orders.find({ where, order: "descending", limit, ...(after !== undefined && { after }) });
      const items = page.items.flatMap(({ id, state }) => (state.status === "none" ? [] : [orderView(id, state)]));
      return { items, ...(page.next !== undefined && { next: page.next }) };
    },

    /** Takes an order back, until its first transaction has been asked for: decided together with its task. */
    async cancel(id: string, viewer: Viewer, cause: Cause) {
      const state = await found(id, { user: viewer.user, any: false });
      if (!state) return refuse("order-not-found");
      const targets = {
        order: { store: orders, id },
        task: { store: tasks, id: taskIdOf(id) },
        holding: { store: holdings, id: state.position ?? id },
      };
      const outcome = await transactTogether(targets, cause, ({ order, task, holding }) => {
        const decided = cancelOrder(order.state, hasStarted(task.state), clock());
        if (!decided.ok) return decided;
        const ended = cancelTask(task.state, "order-cancelled");
        const events = { order: decided.events, holding: unlock(holding.state, id) };
        return { ok: true, events: { ...events, task: ended.ok ? ended.events : [] } };
      });
      return outcome.ok ? ({ ok: true, view: orderView(id, outcome.order.state as KnownOrder) } as const) : outcome;
    },

    refuse: (id: string, reason: string, detail: string | undefined, cause: Cause) =>
      conclude(id, cause, (order) => eventsOf(refuseOrder(order, reason, detail, clock()) as never), letGo(id)),

    /** The funds are held: the order's task opens in the same commit. */
    async hold(id: string, cause: Cause) {
      const { state } = await orders.load(id);
      const offered = state.status === "none" ? undefined : await termsOf(state.play, state.version);
      const holding = state.status === "none" ? undefined : (await holdings.load(state.position ?? id)).state;
      const task = taskIdOf(id);
      const targets = { order: { store: orders, id }, task: { store: tasks, id: task } };
      return transactTogether(targets, cause, (all) => {
        const at = clock();
        const held = holdOrder(all.order.state, task, at);
        const events = held.ok ? held.events : [];
        if (all.order.state.status !== "placed") return { ok: true, events: { order: events } };
        if (offered?.status !== "published") {
          throw new NotYetKnown(`Cannot open the task of order "${id}": the terms of its play are not known`);
        }
        const opened = openTask(
          all.task.state,
          openingOf(scopeOf(id, all.order.state, holding), offered.terms, all.order.state.action, at),
          namingOf(task, deriveId),
        );
        return { ok: true, events: { order: events, task: opened.ok ? opened.events : [] } };
      });
    },

    start: (id: string, cause: Cause) => transact(orders, id, cause, (order) => startOrder(order, clock())),

    /** The task is done: the order is filled, and the position is what its steps made of it. */
    fill(id: string, effects: readonly NetEffect[], cause: Cause) {
      return conclude(
        id,
        cause,
        (order, holding) => {
          const left = order.status === "none" ? [] : assetsAfter(order, holding, effects);
          const closed = order.status !== "none" && order.action === "exit" && left.length === 0;
          return eventsOf(fillOrder(order, { id, effects, closed, at: clock() }) as never);
        },
        (order, holding, events) =>
          events.flatMap((event) =>
            event.type === "OrderFilled"
              ? [holdingEvent(id, order, assetsAfter(order, holding, effects), event.closed)]
              : [],
          ),
      );
    },

    compensate: (id: string, reason: string, cause: Cause) =>
      transact(orders, id, cause, (order) => compensateOrder(order, reason, clock())),

    endCompensation: (id: string, reason: string, effects: readonly NetEffect[], cause: Cause) =>
      conclude(
        id,
        cause,
        (order) => eventsOf(endCompensation(order, reason, effects, clock()) as never),
        letGo(id, () => effects),
      ),

    stick: (id: string, stuck: Stuck, cause: Cause) =>
      transact(orders, id, cause, (order) => stickOrder(order, stuck, clock())),

    resolve: (id: string, incident: string, resolution: string, cause: Cause) =>
      conclude(
        id,
        cause,
        (order) => {
          if (isUnderWay(order)) throw new NotYetKnown(`Cannot end order "${id}": its incident is not known`);
          return eventsOf(resolveOrder(order, incident, resolution, clock()) as never);
        },
        letGo(id, (order) => order.effects ?? []),
      ),

    openOffer: (play: string, version: number, cause: Cause) =>
      transact(offers, play, cause, (offer) => openOffer(offer, version)),
    closeOffer: (play: string, reason: string, cause: Cause) =>
      transact(offers, play, cause, (offer) => closeOffer(offer, reason)),
    reopenOffer: (play: string, reason: string, cause: Cause) =>
      transact(offers, play, cause, (offer) => reopenOffer(offer, reason)),
    noteTerms: (play: string, version: number, digest: string, terms: Terms, cause: Cause) =>
      transact(versions, offeredVersionId(play, version), cause, (known) => noteTerms(known, digest, terms)),
    noteWallet: (wallet: string, user: UserId, cause: Cause) =>
      transact(ownedWallets, wallet, cause, (known) => noteWallet(known, user)),
  };

  function taskIdOf(order: string): string {
    return deriveId("task", order);
  }
}

function placeRefusal({ action, position }: AskOrder): OrderRefusal | undefined {
  if (action === "enter") return position === undefined ? undefined : "position-not-taken";
  return position === undefined ? "position-needed" : undefined;
}

function termsRefusal({ action, amount }: AskOrder, terms: Terms): OrderRefusal | undefined {
  const steps = terms[action] ?? [];
  if (steps.length === 0) return "action-not-offered";
  if (amount === "all") return undefined;
  if (action === "exit") {
    if (!steps.some(usesAmount)) return "exit-whole-only";
    return amount === zero ? "amount-out-of-limits" : undefined;
  }
  const below = action === "enter" && compareAmounts(amount, terms.minimum) < 0;
  return below || compareAmounts(amount, terms.maximum) > 0 ? "amount-out-of-limits" : undefined;
}

/** A play whose exit never asks for the amount is left whole or not at all. */
function usesAmount(step: StepDefinition): boolean {
  const values: readonly Value[] = step.type === "transaction" ? Object.values(step.intent) : [];
  return standsOn(values, "order.amount");
}

function positionRefusal(
  holding: Holding,
  { play, version, wallet }: AskOrder,
  user: UserId,
): OrderRefusal | undefined {
  if (holding.status !== "open" || holding.user !== user || holding.play !== play || holding.wallet !== wallet) {
    return "position-not-found";
  }
  if (holding.version !== version) return "version-not-offered";
  return holding.lock === undefined ? undefined : "position-busy";
}

function scopeOf(id: string, order: KnownOrder, holding: Holding | undefined): OrderScope {
  const { user, wallet, play, version, digest, network, amount, parameters } = order;
  const known = holding && holding.status !== "none" && order.action !== "enter" ? holding : undefined;
  const assets = known?.assets ?? [];
  const position = { assets, tokens: tokensOf(assets) };
  return {
    id,
    user,
    wallet,
    play,
    version,
    digest,
    network,
    amount: amount === "all" ? everything : amount,
    parameters,
    position,
  };
}

function assetsAfter({ action, asset }: KnownOrder, holding: Holding, effects: readonly NetEffect[]) {
  return holdingsAfter(holding.status === "none" ? [] : holding.assets, { action, asset, effects });
}

/** What an order that came to nothing leaves of its position, unlocked. */
function releasing(
  id: string,
  { action, asset }: KnownOrder,
  holding: Holding,
  effects: readonly NetEffect[],
): readonly HoldingEvent[] {
  if (holding.status === "none" || holding.lock !== id || effects.length === 0) return unlock(holding, id);
  const assets = holdingsUndone(holding.assets, { action, asset, effects });
  return [{ type: "HoldingChanged", order: id, assets, closed: false }];
}

function holdingEvent(id: string, order: KnownOrder, assets: readonly AssetAmount[], closed: boolean): HoldingEvent {
  const { user, wallet, play, version, action } = order;
  return action === "enter"
    ? { type: "HoldingOpened", user, wallet, play, version, assets }
    : { type: "HoldingChanged", order: id, assets, closed };
}
