import * as notification from "../../domains/notification/mod.ts";
import * as play from "../../domains/play/mod.ts";
import * as portfolio from "../../domains/portfolio/mod.ts";
import * as task from "../../domains/task/mod.ts";
import * as user from "../../domains/user/mod.ts";
import * as wallet from "../../domains/wallet/mod.ts";
import type { AggregateKind } from "../../ports/mod.ts";
import { kinds } from "../distributed/accounts.ts";
import type { ServiceName } from "../service_names.ts";

// biome-ignore lint/suspicious/noExplicitAny: aggregates of every kind.
type AnyKind = AggregateKind<any, any>;

const domains: Readonly<Record<ServiceName, object>> = { user, play, wallet, task, portfolio, notification };

/** What a service keeps with events, as its domain has it: to read its store from outside of it. */
export function kindsOf(service: ServiceName): readonly AnyKind[] {
  return kinds[service].publishes.map((name) => {
    const found = Object.values(domains[service]).find((each) => each?.name === name && "evolve" in each);
    if (!found) throw new Error(`The ${service} domain has no kind "${name}"`);
    return found;
  });
}
