import type { Clock, Digest, RecordKind, RecordStore } from "../../ports/mod.ts";
import { type Instant, later, type UserId } from "../shared/mod.ts";

/** Lets whoever shows it listen as a user, once, within 30 s. Its id is the digest of the secret that the client has. */
export type Ticket = { readonly user: UserId; readonly session: string; readonly expiresAt: Instant };
export const ticketKind: RecordKind<Ticket> = { name: "realtime_ticket", indexes: [["expiresAt"]] };

export type Tickets = ReturnType<typeof createTickets>;

const lifetime = 30;

type TicketDependencies = {
  readonly tickets: RecordStore<Ticket>;
  readonly clock: Clock;
  readonly digest: Digest;
  /** Makes a secret that nobody can guess: 256 bits, safe in a URL. */
  readonly newSecret: () => string;
};

export function createTickets({ tickets, clock, digest, newSecret }: TicketDependencies) {
  return {
    async issue(user: UserId, session: string): Promise<{ readonly ticket: string; readonly expiresIn: number }> {
      const now = clock();
      // Whoever makes one sweeps some that nobody used.
      const expired = await tickets.find({ where: { expiresAt: { before: now } }, limit: 10 });
      for (const { id, revision } of expired.items) await tickets.remove(id, revision);
      const ticket = newSecret();
      await tickets.put(digest(ticket), { user, session, expiresAt: later(now, lifetime) }, 0);
      return { ticket, expiresIn: lifetime };
    },

    /** Whose it is; undefined where it is unknown, used or expired. It can't be used again. */
    async use(ticket: string): Promise<Ticket | undefined> {
      const id = digest(ticket);
      const stored = await tickets.get(id);
      if (!stored || (await tickets.remove(id, stored.revision)) === "conflict") return undefined;
      return stored.value.expiresAt > clock() ? stored.value : undefined;
    },
  };
}
