/**
 * What the portfolio knows of a user: that they are there, and the currency that they want values in.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { accept, type Decision } from "../shared/mod.ts";

/** `currency` is an ISO 4217 code. */
export type Investor = { readonly status: "unknown" | "registered"; readonly currency: string };

export type InvestorEvent =
  | { readonly type: "InvestorRegistered" }
  | { readonly type: "CurrencyChosen"; readonly currency: string };

/** Until the user chooses another. */
const defaultCurrency = "USD";

export function registerInvestor(_investor: Investor): Decision<InvestorEvent, never> {
  return accept<InvestorEvent>({ type: "InvestorRegistered" });
}

/** Undefined: the default again. */
export function chooseCurrency(
  _investor: Investor,
  currency: string = defaultCurrency,
): Decision<InvestorEvent, never> {
  return accept<InvestorEvent>({ type: "CurrencyChosen", currency });
}

/** Replays a recorded fact. */
export function evolve(investor: Investor, event: InvestorEvent): Investor {
  switch (event.type) {
    case "InvestorRegistered":
      return { ...investor, status: "registered" };
    case "CurrencyChosen":
      return { ...investor, currency: event.currency };
  }
}

export const investorKind: AggregateKind<Investor, InvestorEvent> = {
  name: "investor",
  initial: { status: "unknown", currency: defaultCurrency },
  evolve,
  upcasters: [],
  indexes: [],
};
