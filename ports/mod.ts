/**
 * What the domains need of the world, in the domains' words.
 *
 * @module
 */
export {
  type AggregateKind,
  type AggregateStore,
  type Change,
  type Loaded,
  lift,
  schemaOf,
} from "./aggregate_store.ts";
export type { Broadcast } from "./broadcast.ts";
export type { ReadContract } from "./chain.ts";
export type { Clock, DeriveId, NewId } from "./clock.ts";
export type { Count } from "./counting.ts";
export type { Cause, Envelope } from "./envelope.ts";
export {
  BusUnreachable,
  ChainUnreachable,
  Contention,
  Fault,
  NotPermitted,
  NotYetKnown,
  OutboxFull,
  QuestionFailed,
  SealBroken,
  ServiceUnreachable,
  StoreUnreachable,
  VaultEntryAbsent,
  VaultEntryDisabled,
  VaultForbidden,
  VaultThrottled,
  VaultUnreachable,
  WrittenByNewerRelease,
} from "./faults.ts";
export type { Entry, FiledEntry, Journal } from "./journal.ts";
export type { Digest, JsonSchema, JsonSchemas, SchemaFault } from "./json_schema.ts";
export type { Log } from "./log.ts";
export type { Price, PriceOf } from "./prices.ts";
export type { Proof, ProvenDecision, VerifyProof } from "./proof.ts";
export { allOf, BadCursor, type Index, type Page, present, type Query } from "./query.ts";
export { keyed, type Reactor, reactor } from "./reactions.ts";
export type { RecordKind, RecordStore, Stored } from "./record_store.ts";
export { atRevision, type Outcome, transact, transactTogether } from "./transact.ts";
export type { Sealed, SealedKind, Vault } from "./vault.ts";
export type { Leaf, SignedRoot, WitnessStore } from "./witness.ts";
