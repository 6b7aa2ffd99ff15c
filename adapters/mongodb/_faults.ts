import {
  type AnyError,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
} from "mongodb";
import { StoreUnreachable } from "../../ports/mod.ts";

/** Driver classes that are not exported, or that older releases lack. */
const passingNames = new Set(["MongoWaitQueueTimeoutError", "MongoPoolClosedError", "MongoClientClosedError"]);
const passingLabels = ["RetryableWriteError", "TransientTransactionError", "UnknownTransactionCommitResult"];
/** A server that steps down, shuts down, recovers, is out of time, of disk, or busy; a write that met another one; a cursor that ended. */
const passingCodes = new Set<unknown>([
  ...[6, 7, 24, 43, 46, 50, 64, 89, 91, 112, 134, 175, 189, 202, 262],
  ...[9001, 10107, 11600, 11601, 11602, 13435, 13436, 14031],
]);

/** Servers and networks may be well later: that is told as a fault, and leaves the outcome of a write unknown. */
export function asFault(error: unknown): unknown {
  return isPassing(error) ? unreachable(error) : error;
}

export function unreachable(cause: unknown): StoreUnreachable {
  return new StoreUnreachable("Cannot use the database", { cause });
}

/** It was the driver that failed, and no server that answered. */
export function isOfTheDriver(error: unknown): boolean {
  return error instanceof MongoError && !(error instanceof MongoServerError);
}

/** It does not know us, or our password. */
export function isLockedOut(error: unknown): boolean {
  return error instanceof MongoServerError && [11, 18, 391].includes(Number(error.code));
}

/** Whoever asked got no connection in time. */
export function isKeptWaiting(error: unknown): boolean {
  return error instanceof MongoError && error.name === "MongoWaitQueueTimeoutError";
}

/** A document of that id is there. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11_000;
}

function isPassing(error: unknown): error is AnyError {
  if (!(error instanceof MongoError)) return false;
  const ofTheNetwork =
    error instanceof MongoNetworkError ||
    error instanceof MongoServerSelectionError ||
    error instanceof MongoNotConnectedError ||
    error instanceof MongoTopologyClosedError ||
    error instanceof MongoWriteConcernError;
  return (
    ofTheNetwork ||
    passingNames.has(error.name) ||
    passingCodes.has(error.code) ||
    passingLabels.some((label) => error.hasErrorLabel(label))
  );
}
