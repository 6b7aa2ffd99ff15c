import { type MsgHdrs, MsgHdrsImpl } from "@nats-io/transport-node";
import type { Instant, UserId } from "../../domains/shared/mod.ts";
import type { Envelope } from "../../ports/mod.ts";
import { kebab, percent, subjectOf } from "./_subjects.ts";

export type Message = { readonly subject: string; readonly headers: MsgHdrs; readonly body: string };

type Received = { readonly subject: string; readonly headers?: MsgHdrs | undefined; string(): string };

const streamHeader = "Lucent-Stream";

/**
 * An event as a CloudEvent 1.0 in binary mode: its attributes and ours in headers, the event itself as JSON. `stream` tells
 * which one it is meant for.
 */
export function encode(root: string, envelope: Envelope, stream?: string): Message {
  const { id, kind, aggregate, revision, schema, at, cause, event } = envelope;
  const all = new MsgHdrsImpl();
  // Past set(), which looks for what is encoded here, and takes ten times as long.
  const set = (name: string, value: string) => all.headers.set(name, [encodeValue(value)]);
  // What went into another stream than it was meant for must not pass for its duplicate.
  set("Nats-Msg-Id", stream === undefined ? id : `${id}@${stream}`);
  if (stream !== undefined) set(streamHeader, stream);
  set("ce-specversion", "1.0");
  set("ce-id", id);
  set("ce-source", `/${root}/${kind}`);
  set("ce-type", `${root}.${kind}.v1.${kebab(event.type)}`);
  set("ce-subject", aggregate);
  set("ce-time", at);
  set("ce-datacontenttype", "application/json");
  set("ce-revision", `${revision}`);
  set("ce-schema", `${schema}`);
  set("ce-actor", cause.actor);
  set("ce-correlationid", cause.correlation);
  if (cause.event !== undefined) set("ce-causationid", cause.event);
  if (cause.key !== undefined) set("ce-key", cause.key);
  set("traceparent", traceparent(cause.correlation, id));
  return { subject: subjectOf(root, kind, event.type, aggregate), headers: all, body: JSON.stringify(event) };
}

/** Whether its publisher took the stream for another one, deleted by then: it comes again, behind those before it. */
export function isMeantForAnother(stream: string, { headers }: Pick<Received, "headers">): boolean {
  const meant = headers?.get(streamHeader);
  return meant !== undefined && meant !== "" && meant !== stream;
}

/** The event of a message in the kind's stream; undefined where it is none that its kind's service has published. */
export function decode(root: string, kind: string, message: Received): Envelope | undefined {
  const values = new Map<string, string>();
  for (const [name, [value = ""]] of message.headers ?? []) values.set(name, decodeValue(value));
  const [id, aggregate, at] = [values.get("ce-id"), values.get("ce-subject"), values.get("ce-time")];
  const [revision, schema] = [Number(values.get("ce-revision")), Number(values.get("ce-schema"))];
  const [actor, correlation] = [values.get("ce-actor"), values.get("ce-correlationid")];
  if (aggregate === undefined || id !== `${kind}/${aggregate}/${revision}`) return undefined;
  if (at === undefined || actor === undefined || correlation === undefined || !(schema > 0)) return undefined;
  const event = parse(message.string());
  if (event === undefined || message.subject !== subjectOf(root, kind, event.type, aggregate)) return undefined;
  const [cause, key] = [values.get("ce-causationid"), values.get("ce-key")];
  return {
    ...{ id, kind, aggregate, revision, schema, at: at as Instant, event },
    cause: {
      ...{ actor: actor as UserId, correlation },
      ...(cause !== undefined && { event: cause }),
      ...(key !== undefined && { key }),
    },
  };
}

function parse(body: string): Envelope["event"] | undefined {
  try {
    const event: unknown = JSON.parse(body);
    const typed = typeof event === "object" && event !== null && "type" in event && typeof event.type === "string";
    return typed ? (event as Envelope["event"]) : undefined;
  } catch {
    return undefined;
  }
}

function encodeValue(value: string): string {
  return /^[!#$&-~]*$/.test(value) ? value : value.replaceAll(/[^!#$&-~]/gu, percent);
}

/** What is encoded wrongly is taken as it is. */
function decodeValue(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** W3C: one trace a conversation. A correlation that came as a trace's id, or is a UUID, is that id. */
function traceparent(correlation: string, id: string): string {
  const given = correlation.replaceAll("-", "");
  const trace = /^[0-9a-f]{32}$/.test(given) ? given : hash(correlation) + hash(`${correlation}/`);
  return `00-${trace}-${hash(id)}-00`;
}

/** 16 hexadecimal digits. */
function hash(text: string): string {
  return Bun.hash(text).toString(16).padStart(16, "0");
}
