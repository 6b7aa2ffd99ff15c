import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import { BusUnreachable, Fault, NotPermitted } from "../../ports/mod.ts";

const passing = [
  errors.TimeoutError,
  errors.ConnectionError,
  errors.ClosedConnectionError,
  errors.DrainingConnectionError,
  errors.RequestError,
];

/** Tells what the client threw as a fault of ours; what is our own mistake stays as it is. `doing` begins with "Cannot". */
export function asFault(error: unknown, doing: string): unknown {
  if (error instanceof Fault) return error;
  const violation = permissionViolation(error);
  if (violation) {
    const { operation, subject } = violation;
    return new NotPermitted(`${doing}: the account lacks the permission of ${operation} to "${subject}"`, {
      cause: error,
    });
  }
  if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError) {
    return new NotPermitted(`${doing}: NATS refuses the credentials`, { cause: error });
  }
  const passes =
    passing.some((each) => error instanceof each) ||
    nobodyListens(error) ||
    (error instanceof JetStreamApiError && error.status >= 500);
  return passes ? new BusUnreachable(`${doing}: ${(error as Error).message}`, { cause: error }) : error;
}

/** Whether a stream or a reader of it is not there: deleted, or gone with a server's memory or storage. */
export function isMissing(error: unknown): boolean {
  const { StreamNotFound, ConsumerNotFound } = JetStreamApiCodes;
  if (error instanceof Error && error.name === "JetStreamStatusError") return error.message.endsWith("deleted");
  if (!(error instanceof JetStreamApiError)) return false;
  return error.code === StreamNotFound || error.code === ConsumerNotFound;
}

/** Whether nobody took what was sent: no service, or no stream. */
export function nobodyListens(error: unknown): boolean {
  if (error instanceof errors.RequestError) return error.isNoResponders();
  if (error instanceof Error && error.name === "JetStreamNotEnabled") return true;
  return error instanceof errors.NoRespondersError || isMissing(error);
}

/** What was forbidden, however deep the client has wrapped it. */
export function permissionViolation(error: unknown): InstanceType<typeof errors.PermissionViolationError> | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof errors.PermissionViolationError) return each;
  }
  return undefined;
}
