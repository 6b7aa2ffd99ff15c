import { kebabCase } from "../../ports/adapting.ts";
import { type Components, exampleOf } from "./_components.ts";
import { exampleHeaders, headersOf } from "./_headers.ts";
import { orderEvents } from "./_order_events.ts";
import { playEvents } from "./_play_events.ts";
import { policyEvents } from "./_policies.ts";
import { portfolioEvents } from "./_portfolio_events.ts";
import type { KindOfEvents } from "./_table.ts";
import { taskEvents } from "./_task_events.ts";
import { transferEvents } from "./_transfers.ts";
import { userEvents } from "./_user_events.ts";
import { walletEvents } from "./_wallet_events.ts";

/** The events of every kind that goes to the bus, by the kind's name. */
export const eventsTable: Readonly<Record<string, KindOfEvents>> = Object.fromEntries(
  [
    ...[...userEvents, ...walletEvents, ...transferEvents, ...policyEvents, ...playEvents],
    ...[...orderEvents, ...taskEvents, ...portfolioEvents],
  ].map((each) => [each.kind, each]),
);

/** Throws `RangeError` where the table has no such kind. */
export function kindNamed(kind: string): KindOfEvents {
  const known = Object.hasOwn(eventsTable, kind) ? eventsTable[kind] : undefined;
  if (!known) throw new RangeError(`Cannot describe the events of "${kind}": the table has none`);
  return known;
}

/** The channels and messages of a kind: each type of event has one of each. */
export function describeKind({ kind, about, form, events }: KindOfEvents, components: Components) {
  const described = Object.entries(events).map(([type, schema]) => {
    const told = { kind, name: kebabCase(type), form };
    const channel = {
      ...{ address: `lucent.${kind}.v1.${told.name}.{aggregate}`, title: `${type} of ${kind}` },
      description: `${about}. In the stream \`lucent-${kind}\`, in the order of the aggregate's revisions.`,
      parameters: { aggregate: { $ref: "#/components/parameters/aggregate" } },
      messages: { [type]: { $ref: `#/components/messages/${kind}.${type}` } },
    };
    const message = {
      ...{ name: type, title: spaced(type), summary: `${spaced(type)}, form ${form}`, "x-schema-version": form },
      ...{ contentType: "application/json", tags: [{ name: kind }] },
      correlationId: { location: "$message.header#/ce-correlationid" },
      headers: components.referred(headersOf(told)),
      payload: components.add(`${kind}.${type}`, schema),
      examples: [{ name: type, headers: exampleHeaders(told), payload: exampleOf(schema) }],
    };
    return { type, id: channelOf(kind, type), channel, message };
  });
  return {
    channels: Object.fromEntries(described.map(({ id, channel }) => [id, channel])),
    messages: Object.fromEntries(described.map(({ type, message }) => [`${kind}.${type}`, message])),
  };
}

/** What a service does with every type of event of a kind. */
export function operationsOf(service: string, action: "send" | "receive", { kind, events }: KindOfEvents) {
  return Object.keys(events).map((type) => {
    const id = channelOf(kind, type);
    const operation = {
      ...{ action, title: `${service} ${action}s ${type} of ${kind}`, tags: [{ name: kind }] },
      channel: { $ref: `#/channels/${id}` },
      messages: [{ $ref: `#/channels/${id}/messages/${type}` }],
    };
    return [`${service}.${action}s.${id}`, operation] as const;
  });
}

function channelOf(kind: string, type: string): string {
  return `${kind}.${kebabCase(type)}`;
}

function spaced(type: string): string {
  const words = kebabCase(type).replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
