import { type Access, keeper, serverConfig } from "../../adapters/nats/mod.ts";
import { type ProcessName, type ServiceName, serviceNames } from "../service_names.ts";

type Kinds = { readonly publishes: readonly string[]; readonly consumes: readonly string[] };

/** Whose events are whose, and who reads them. Everybody reads of users: what a session may do depends on it. */
export const kinds: Readonly<Record<ServiceName, Kinds>> = {
  user: { publishes: ["user", "identity", "super_admins"], consumes: [] },
  play: { publishes: ["play", "play_version", "capacity", "claim"], consumes: ["user", "order"] },
  wallet: {
    publishes: [
      ...["wallet", "transfer", "deposit", "nonce", "registration", "play_terms", "asset"],
      ...["policy", "policy_in_force", "volume", "platform_freeze", "destinations"],
    ],
    consumes: ["user", "play_version", "claim", "task"],
  },
  task: {
    publishes: [
      ...["order", "task", "incident", "holding", "offer", "offered_version"],
      ...["owned_wallet", "suspension"],
    ],
    consumes: ["user", "play", "play_version", "claim", "wallet", "transfer", "task", "incident"],
  },
  portfolio: {
    publishes: [
      ...["ledger", "position", "posted_transaction", "valued_play", "valued_wallet", "asset_info"],
      ...["investor", "performance"],
    ],
    consumes: ["user", "wallet", "deposit", "transfer", "asset", "play_version", "order"],
  },
  notification: {
    publishes: [],
    consumes: [
      ...["user", "wallet", "deposit", "transfer", "order", "task", "incident", "play"],
      ...["platform_freeze", "destinations"],
    ],
  },
};

/** Every kind whose events are carried. */
export const allKinds: readonly string[] = Object.values(kinds).flatMap(({ publishes }) => publishes);

/** The service that keeps another one's roots: the next. */
export function witnessOf(service: ServiceName): ServiceName {
  return serviceNames[(serviceNames.indexOf(service) + 1) % serviceNames.length] as ServiceName;
}

/** The service whose roots a service keeps: the one before. */
export function witnessedBy(service: ServiceName): ServiceName {
  return serviceNames.find((each) => witnessOf(each) === service) as ServiceName;
}

/** The service that records a kind. */
export function ownerOf(kind: string): ServiceName {
  const owner = serviceNames.find((service) => kinds[service].publishes.includes(kind));
  if (!owner) throw new Error(`Cannot tell whose "${kind}" is: no service publishes it`);
  return owner;
}

function asksOf(service: ServiceName): readonly string[] {
  const others = serviceNames.filter((each) => each !== service);
  const foreign = kinds[service].consumes.filter((kind) => ownerOf(kind) !== service);
  return [
    ...["latest", "append", "read"].map((verb) => `${witnessOf(service)}.witness.${verb}`),
    ...foreign.map((kind) => `${ownerOf(kind)}.history.${kind}`),
    ...others.map((each) => `${each}.openapi`),
    ...(service === "user" ? [] : ["user.keys", "user.access", "user.use-step-up"]),
    ...(service === "notification" ? others.flatMap((each) => [`${each}.journal`, `${each}.audit.verify`]) : []),
  ];
}

/** It finds the others, and asks them nothing: what it tells of them it reads where their clients do. */
const gateway: Access = { publishes: [], consumes: [], discovers: true };

/** Another system of the company, and no process of ours: it reads and asks, and neither publishes nor answers. */
const reader: Access = {
  ...{ publishes: [], consumes: allKinds, answers: false, foreign: true },
  asks: [
    ...["user.get", "play.get", "wallet.get", "wallet.balances", "task.order.get", "portfolio.get"],
    ...serviceNames.map((each) => `${each}.audit.verify`),
  ],
};

/** Whose password is asked for on NATS. */
export type AccountName = ProcessName | "reader";

/** What each account may do on NATS; all else is refused to it. The keeper's own is beside these. */
export const accounts: Readonly<Record<Exclude<AccountName, "keeper">, Access>> = {
  ...(Object.fromEntries(
    serviceNames.map((service) => [
      service,
      { ...kinds[service], asks: asksOf(service), counts: true, live: service === "notification" },
    ]),
  ) as Record<ServiceName, Access>),
  gateway,
  reader,
};

/** Who may do what, for nats-server's configuration. A password may be its bcrypt hash. */
export function brokerConfig(passwordOf: (process: AccountName) => string) {
  const services = Object.entries(accounts).map(([name, access]) => [
    name,
    { ...access, password: passwordOf(name as AccountName) },
  ]);
  return serverConfig({ services: Object.fromEntries(services), keeper: { password: passwordOf(keeper) } });
}
