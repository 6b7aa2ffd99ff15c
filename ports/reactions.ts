import type { AggregateKind } from "./aggregate_store.ts";
import { lift } from "./aggregate_store.ts";
import type { Cause, Envelope } from "./envelope.ts";

/** What a domain does on events of one kind; types that it leaves out do not concern it. */
export type Reactions<Event extends { readonly type: string }> = {
  readonly [Type in Event["type"]]?: (
    event: Extract<Event, { readonly type: Type }>,
    aggregate: string,
    cause: Cause,
  ) => Promise<{ readonly ok: true }>;
};

/** No reaction to a type that the kind does not have: a misspelt one does not compile. */
type Known<Given, Event extends { readonly type: string }> = Given & {
  readonly [Type in Exclude<keyof Given, Event["type"]>]: never;
};

/** Handles the events of one kind; of the types that do not concern it, there is nothing to handle. */
export type Reactor = {
  readonly kind: string;
  readonly concerns: (type: string) => boolean;
  readonly react: (event: Envelope) => Promise<void>;
};

/** Makes one handler of reactions. What a reaction does is caused by the event, and takes effect once for it. */
export function reactor<State, Event extends { readonly type: string }, Given extends Reactions<Event>>(
  kind: AggregateKind<State, Event>,
  reactions: Known<Given, Event>,
): Reactor {
  const byType: Reactions<Event> = reactions;
  return {
    kind: kind.name,
    concerns: (type) => Object.hasOwn(byType, type),
    async react({ id, aggregate, schema, cause, event }) {
      const react = byType[event.type as Event["type"]];
      // The kind's events are of the kind's types: the stores see to that.
      const lifted = lift(kind, "event", schema, event) as Extract<Event, { readonly type: Event["type"] }>;
      await react?.(lifted, aggregate, { ...cause, event: id, key: id });
    },
  };
}

/** The cause of one of several commands that an event gives to one aggregate: each counts once. */
export function keyed(cause: Cause, command: string): Cause {
  return cause.key === undefined ? cause : { ...cause, key: `${cause.key}#${command}` };
}
