import type { AuditedJournal, Verification } from "../../domains/notification/mod.ts";
import type { UserId } from "../../domains/shared/mod.ts";
import type { Permission, PublicKey } from "../../domains/user/mod.ts";
import type { Questions } from "../../ports/messaging.ts";
import {
  BadCursor,
  type Entry,
  type Envelope,
  type Page,
  type Proof,
  type SignedRoot,
  type WitnessStore,
} from "../../ports/mod.ts";
import { type ServiceName, serviceNames } from "../service_names.ts";
import { ownerOf, witnessOf } from "./accounts.ts";
import { filled } from "./pages.ts";
import type { badCursor } from "./records.ts";

type Ask = Questions["ask"];

/** Longer than a page takes of a database that is slow. */
const patient = { within: 10_000 };
/** A journal is read from its first entry on. */
const verifying = { within: 10 * 60_000 };

/** Where a service's roots are kept, in another service. */
export function remoteWitness(service: ServiceName, ask: Ask): WitnessStore {
  const keeper = witnessOf(service);
  return {
    async latest(of) {
      return ((await ask(`${keeper}.witness.latest`, { service: of }, patient)) as SignedRoot | null) ?? undefined;
    },
    append: (root, leaves) =>
      ask(`${keeper}.witness.append`, { root, leaves }, patient) as ReturnType<WitnessStore["append"]>,
    read: (of, query) =>
      ask(`${keeper}.witness.read`, { service: of, ...query }, patient) as ReturnType<WitnessStore["read"]>,
  };
}

type HistoryQuery = { readonly kind: string; readonly from?: string; readonly after?: string; readonly limit: number };

/** What was recorded of a kind, asked of the service that records it. */
export function remoteHistory(ask: Ask) {
  return (query: HistoryQuery) =>
    ask(`${ownerOf(query.kind)}.history.${query.kind}`, query, patient) as Promise<
      Page<{ readonly envelope: Envelope; readonly cursor: string }>
    >;
}

/** The journals of all other services, for the audit: each service verifies its own. */
export function remoteJournals(own: AuditedJournal, ask: Ask): readonly AuditedJournal[] {
  return serviceNames.map((service): AuditedJournal => {
    if (service === own.service) return own;
    return {
      service,
      journal: {
        read: ({ after, startingAt, limit, ...query }) =>
          filled(
            limit,
            (limit, place) => {
              const start = place === undefined ? { startingAt } : { after: place };
              return readJournal(service, { ...query, ...start, limit }, ask);
            },
            after,
          ),
      },
      verify: () => ask(`${service}.audit.verify`, {}, verifying) as Promise<Verification>,
    };
  });
}

async function readJournal(service: ServiceName, query: object, ask: Ask): Promise<Page<Entry>> {
  const answer = (await ask(`${service}.journal`, query, patient)) as Page<Entry> | typeof badCursor;
  if ("fault" in answer) throw new BadCursor("Cannot read the cursor: no page gave it out");
  return answer;
}

/** What every service asks the user service. */
export function remoteUsers(ask: Ask) {
  return {
    fetchKeys: () => ask("user.keys", {}) as Promise<readonly PublicKey[]>,
    async confirm(user: UserId, session: string): Promise<ReadonlySet<Permission> | undefined> {
      const allowed = (await ask("user.access", { user, session })) as readonly Permission[] | null;
      return allowed ? new Set(allowed) : undefined;
    },
    /** Used once, though the answer were lost: its user signs again. */
    async useStepUp(token: string, user: UserId, action: string, digest: string): Promise<Proof | undefined> {
      return ((await ask("user.use-step-up", { token, user, action, digest })) as Proof | null) ?? undefined;
    },
  };
}
