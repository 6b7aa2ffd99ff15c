import { type NatsConnection, PermissionViolationError } from "@nats-io/transport-node";
import { permissionViolation } from "./_faults.ts";

/** Rejects by what the server says against it: who publishes without waiting for an answer hears it elsewhere. */
export async function violated(nats: NatsConnection, attempt: () => void): Promise<void> {
  const statuses = nats.status();
  attempt();
  for await (const status of statuses) {
    if (status.type === "error" && status.error instanceof PermissionViolationError) throw status.error;
  }
}

export async function subscribed(nats: NatsConnection, subject: string): Promise<void> {
  const error = await nats.subscribe(subject).closed;
  if (error) throw error;
}

/** The subject that the server has forbidden; what became of the attempt where it has not. */
export function forbiddenOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => "permitted",
    (error) => permissionViolation(error)?.subject ?? error,
  );
}
