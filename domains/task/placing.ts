import {
  type AggregateStore,
  type Cause,
  type Clock,
  type JsonSchemas,
  type Proof,
  type SchemaFault,
  transactTogether,
  type VerifyProof,
} from "../../ports/mod.ts";
import {
  type Amount,
  compareAmounts,
  lengthOf,
  mayView,
  refuse,
  standsOn,
  type UserId,
  type Value,
  type Viewer,
  zero,
} from "../shared/mod.ts";
import type { Holding, HoldingEvent, OwnedWallet, OwnedWalletEvent } from "./holding.ts";
import {
  type Offer,
  type OfferEvent,
  type OfferedVersion,
  type OfferedVersionEvent,
  offeredVersionId,
  type StepDefinition,
  type Terms,
} from "./offer.ts";
import { type Action, type KnownOrder, type Order, type OrderEvent, placeOrder } from "./order.ts";
import { type OrderView, orderView } from "./views.ts";

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
  | "proof-invalid"
  | "order-differs";

/** Whoever may place orders for others: whose wallets are in view, and how they sign for what is not theirs. */
export type OnBehalf = { readonly viewer: Viewer; readonly prove: () => Promise<Proof> };

export type PlacingDependencies = {
  readonly orders: AggregateStore<Order, OrderEvent>;
  readonly holdings: AggregateStore<Holding, HoldingEvent>;
  readonly offers: AggregateStore<Offer, OfferEvent>;
  readonly versions: AggregateStore<OfferedVersion, OfferedVersionEvent>;
  readonly ownedWallets: AggregateStore<OwnedWallet, OwnedWalletEvent>;
  readonly schemas: JsonSchemas;
  readonly verifyProof: VerifyProof;
  readonly clock: Clock;
};

type Refused = { readonly ok: false; readonly refusal: OrderRefusal; readonly faults?: readonly SchemaFault[] };

/** Characters of an order's parameters as JSON. */
const longestParameters = 10_000;

/** Takes orders, and with an order the position that it is to work on. */
export function createPlacing({
  orders,
  holdings,
  offers,
  versions,
  ownedWallets,
  schemas,
  verifyProof,
  clock,
}: PlacingDependencies) {
  /** What an order must be before it is one; the position is looked at again when it is taken. */
  async function consider(
    asked: AskOrder,
    viewer: Viewer,
  ): Promise<Refused | { ok: true; user: UserId; terms: Pick<Terms, "asset" | "network">; digest: string }> {
    const { play, version, wallet, action, amount } = asked;
    const [offer, published, owned] = await Promise.all([
      offers.load(play),
      versions.load(offeredVersionId(play, version)),
      ownedWallets.load(wallet),
    ]);
    if (offer.state.status === "unknown") return refuse("play-not-found");
    const offered = published.state;
    if (offered.status === "unknown") return refuse("version-not-offered");
    if (owned.state.status === "unknown" || !mayView(viewer, owned.state.user)) return refuse("wallet-not-found");
    const { user } = owned.state;
    const { terms, digest } = offered;
    const refusal = placeRefusal(asked) ?? termsRefusal(asked, terms);
    if (refusal) return refuse(refusal);
    if (action !== "exit" && offer.state.status === "closed") return refuse("play-closed");
    if (action === "enter" && offer.state.version !== version) return refuse("version-not-offered");
    const faults = parameterFaults(terms, asked, schemas);
    if (faults.length > 0) return { ok: false, refusal: "parameters-faulty", faults };
    return amount === "all" && action !== "exit" ? refuse("all-only-to-exit") : { ok: true, user, terms, digest };
  }

  return {
    /**
     * Places an order of the wallet's owner. `id` is the client's retry's too: the same again changes nothing. For someone
     * else's wallet whoever places it signs, once all but the position is found right; what `prove` throws passes through.
     */
    async place(
      id: string,
      asked: AskOrder,
      cause: Cause,
      { viewer, prove }: OnBehalf = onlyOwn(cause.actor),
    ): Promise<Refused | { ok: true; view: OrderView }> {
      const { state } = await orders.load(id);
      const known = state.status !== "none" && mayView(viewer, state.user) ? state : undefined;
      const considered = known ? { ok: true as const, terms: known, ...known } : await consider(asked, viewer);
      if (!considered.ok) return considered;
      const { user, digest, terms } = considered;
      const by = known?.placedBy ?? cause.actor;
      const proof = known || user === by ? undefined : await prove();
      if (proof && !(await verifyProof(proof))) return refuse("proof-invalid");
      const { asset, network } = terms;
      const command = { ...asked, user, digest, asset, network, by, ...(proof && { proof }), at: clock() };
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
  };
}

function onlyOwn(user: UserId): OnBehalf {
  return { viewer: { user, any: false }, prove: () => Promise.reject(new Error("Cannot see what is not one's own")) };
}

function parameterFaults({ parameters: schema }: Terms, { parameters }: AskOrder, schemas: JsonSchemas) {
  return lengthOf(parameters) > longestParameters
    ? [{ pointer: "", detail: "Parameters have at most 10,000 characters" }]
    : schemas.faultsOf(schema, parameters);
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
