/**
 * How events travel between domains. Adapters and bootstrap see it; domains need not know.
 *
 * @module
 */
import type { Envelope } from "./envelope.ts";
import type { Page } from "./query.ts";

/** Carries events between domains, at least once. */
export interface EventBus {
  /** Resolves when the events are safe with the bus. Publishing one again changes nothing. */
  publish(events: readonly Envelope[]): Promise<void>;
  /**
   * Hands `consumer` every event of the kind, from its first one on, until disposed. Events of one aggregate come one after
   * another, in order; no aggregate waits for another. An event comes again until `react` resolves; a consumer goes on where
   * it was. A consumer subscribes to a kind once.
   */
  subscribe(subscription: Subscription): AsyncDisposable;
}

export type Subscription = {
  readonly consumer: string;
  readonly kind: string;
  /** The signal aborts when the subscription is disposed. */
  readonly react: (event: Envelope, signal: AbortSignal) => Promise<void>;
};

/** Events that are committed and not yet with the bus. */
export interface Outbox {
  /** Waits until there are some; oldest first. Rejects when the signal aborts. */
  next(signal: AbortSignal): Promise<readonly Envelope[]>;
  /** They are with the bus now: next() will not give them again. */
  published(events: readonly Envelope[]): Promise<void>;
}

/** An event that a consumer could not react to, or one behind it. */
export type Parked = {
  readonly id: string;
  readonly consumer: string;
  readonly event: Envelope;
  readonly reason: string;
  /** Whether the fault may pass by itself: then it is tried again without being asked. */
  readonly retryable: boolean;
};

/**
 * How an event stands with a consumer: "closed" where an earlier one of the same aggregate is parked, "dismissed" where a person
 * decided that the consumer never reacts to it.
 */
export type Standing = "open" | "closed" | "dismissed";

/** Events that a consumer could not react to, and those behind them, until they are replayed or a person decides. */
export interface Parking {
  standing(consumer: string, event: Envelope): Promise<Standing>;
  /** Parking an event again, or one that was dismissed, changes nothing. */
  park(consumer: string, event: Envelope, reason: string, retryable: boolean): Promise<void>;
  /** Oldest first; of one aggregate in the order of its events. */
  list(query: { readonly after?: string; readonly limit: number }): Promise<Page<Parked>>;
  /** "absent" where it is not parked, or no more. */
  remove(id: string): Promise<"removed" | "absent">;
  /** As `remove`, and remembers it for ever: buses bring events again, from their streams or from journals. */
  dismiss(id: string): Promise<"removed" | "absent">;
}

/** What services ask each other. Prefer a projection of the other's events in your own store to asking. */
export interface Questions {
  /**
   * Asks `<service>.<name>`: `wallet.balances`. No answer in time is `ServiceUnreachable`, as is a fault of the asked service that
   * may pass; one that won't is `QuestionFailed`; what this service may not ask is `NotPermitted`.
   */
  ask(question: string, about: unknown, options?: AskOptions): Promise<unknown>;
  /** Answers the questions of that name to this service, until disposed. Answers are JSON. */
  answer(name: string, handler: (about: unknown, asked: Asked) => Promise<unknown>): AsyncDisposable;
}

export type AskOptions = {
  /** Milliseconds until an answer is too late. Default: 2,000. */
  readonly within?: number;
  readonly correlation?: string;
};

export type Asked = {
  readonly correlation?: string;
  /** Aborts when an answer is too late. */
  readonly signal: AbortSignal;
};
