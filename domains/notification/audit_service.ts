import { type Clock, type Journal, type Page, present } from "../../ports/mod.ts";
import type { Instant } from "../shared/mod.ts";
import { type AuditEntry, mergeLanes, readPlaces, writePlaces } from "./audit.ts";
import type { Verification } from "./verification.ts";

export type AuditService = ReturnType<typeof createAuditService>;

export type AuditQuery = {
  /** Who caused it. */
  readonly user?: string | undefined;
  readonly kind?: string | undefined;
  readonly aggregate?: string | undefined;
  readonly from?: string | undefined;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};

/** Whether every journal holds, and what each has. */
export type AuditVerification = {
  readonly holds: boolean;
  readonly at: Instant;
  readonly services: readonly Verification[];
};

/** A service's journal, and who verifies it. */
export type AuditedJournal = {
  readonly service: string;
  readonly journal: Pick<Journal, "read">;
  readonly verify: () => Promise<Verification>;
};

type AuditDependencies = { readonly journals: readonly AuditedJournal[]; readonly clock: Clock };

/** The questions about the journals of all services. */
export function createAuditService({ journals, clock }: AuditDependencies) {
  const services = journals.map(({ service }) => service);
  let running: Promise<AuditVerification> | undefined;

  async function verifyAll(): Promise<AuditVerification> {
    const at = clock();
    const found: Verification[] = [];
    for (const { verify } of journals) found.push(await verify());
    return { holds: found.every(({ offence }) => offence === undefined), at, services: found };
  }

  return {
    /** Newest first. What is journalled between two pages is on neither: the list is as it was at its first page. */
    async list({ user, after, limit, ...rest }: AuditQuery): Promise<Page<AuditEntry>> {
      const places = after === undefined ? undefined : readPlaces(after, services);
      const filters = present({ ...rest, actor: user });
      const open = journals.filter(({ service }) => !places || places[service]);
      const lanes = await Promise.all(
        open.map(async ({ service, journal }) => {
          const query = { ...filters, ...places?.[service], order: "descending", limit } as const;
          return { service, page: await journal.read(query) };
        }),
      );
      const merged = mergeLanes(lanes, limit);
      const next = writePlaces(merged.places);
      return { items: merged.items, ...(next !== undefined && { next }) };
    },

    /** Reads every journal from its first entry on. Who asks while it runs gets the same answer. */
    verify(): Promise<AuditVerification> {
      running ??= verifyAll().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}
