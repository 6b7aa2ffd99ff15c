import { setTimeout } from "node:timers/promises";
import { connect, errors, type NatsConnection } from "@nats-io/transport-node";
import { BusUnreachable, type Log } from "../../ports/mod.ts";
import { asFault, permissionViolation } from "./_faults.ts";
import { inboxOf } from "./_subjects.ts";

export type Connection = AsyncDisposable & { readonly nats: NatsConnection };

const lastWords = 1_000;

export type ConnectOptions = {
  /** One or more, of one cluster. */
  readonly urls: string | readonly string[];
  /** What this process is called in the server's lists. */
  readonly name: string;
  readonly credentials?: { readonly user: string; readonly password: string };
  /** TLS only. `caFile` is the certificate of an own authority, as PEM. */
  readonly tls?: { readonly caFile?: string };
  readonly log: Log;
};

/**
 * Connects to NATS, and again whenever the connection is lost, until it is closed. Answers come to inboxes that are the user's
 * own. Unreachable is `BusUnreachable`; credentials that are refused are `NotPermitted`.
 */
export async function connectToNats({ urls, name, credentials, tls, log }: ConnectOptions): Promise<Connection> {
  const servers = typeof urls === "string" ? [urls] : [...urls];
  const doing = `Cannot connect to ${servers.join(", ")}`;
  let nats: NatsConnection;
  try {
    nats = await connect({
      ...{ servers, name, timeout: 5_000, noAsyncTraces: true },
      ...(credentials && { user: credentials.user, pass: credentials.password }),
      ...(tls && { tls: tls.caFile === undefined ? {} : { caFile: tls.caFile } }),
      inboxPrefix: inboxOf(credentials?.user),
      // For ever, and though credentials were refused: they may be on their way to the server.
      ...{ maxReconnectAttempts: -1, reconnectTimeWait: 250, reconnectJitter: 100, reconnectJitterTLS: 100 },
      ignoreAuthErrorAbort: true,
      // A server that fell silent is found out in 10 seconds.
      ...{ pingInterval: 5_000, maxPingOut: 2 },
    });
  } catch (error) {
    const fault = asFault(error, doing);
    throw fault === error ? new BusUnreachable(`${doing}: ${(error as Error).message}`, { cause: error }) : fault;
  }
  tellStatus(nats, name, log);
  return {
    nats,
    async [Symbol.asyncDispose]() {
      // What was sent last may still be on its way; a server that is gone takes it no more.
      if (!nats.isClosed()) await Promise.race([nats.flush(), setTimeout(lastWords)]).catch(() => {});
      await nats.close();
    },
  };
}

async function tellStatus(nats: NatsConnection, name: string, log: Log): Promise<void> {
  for await (const status of nats.status()) {
    if (status.type === "disconnect" || status.type === "reconnect") log(`NATS: ${status.type}`, { name });
    if (status.type !== "error") continue;
    const violation = permissionViolation(status.error);
    if (violation) log("NATS: not permitted", { name, operation: violation.operation, subject: violation.subject });
    else if (!(status.error instanceof errors.ClosedConnectionError)) log("NATS: error", { name, error: status.error });
  }
}
