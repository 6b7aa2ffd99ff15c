import type { JsonSchema } from "../../ports/mod.ts";

const text = (description: string) => ({ type: "string", description });
const counted = (description: string) => ({ type: "string", pattern: "^[1-9][0-9]*$", description });
const encoded = "; what a header can't carry is percent-encoded, as CloudEvents says";

const always = {
  "Nats-Msg-Id": text("The event's id, `@`, and its Lucent-Stream: against duplicates within the stream's window"),
  "Lucent-Stream": text(
    "When the stream was created that it is meant for. In another one pass it over: it comes again, behind those before it",
  ),
  "ce-specversion": { type: "string", const: "1.0" },
  "ce-id": text(`\`<kind>/<aggregate>/<revision>\`: one fact, one id, for ever${encoded}`),
  "ce-source": text("`/lucent/<kind>`"),
  "ce-type": text("`lucent.<kind>.v1.<event-name>`"),
  "ce-subject": text(`The aggregate's id${encoded}`),
  "ce-time": { type: "string", format: "date-time", description: "When it was recorded" },
  "ce-datacontenttype": { type: "string", const: "application/json" },
  "ce-revision": counted("How many events of the aggregate there are, with this one"),
  "ce-schema": counted("The form of the event: an older one is lifted to the newest by who reads it"),
  "ce-actor": text("Who asked for it: a user, or `lucent` for the platform itself"),
  "ce-correlationid": text("The conversation that it belongs to, from the first request on"),
  traceparent: {
    ...{ type: "string", pattern: "^00-[0-9a-f]{32}-[0-9a-f]{16}-00$" },
    description: "W3C Trace Context: one trace a conversation",
  },
};

const sometimes = {
  "ce-causationid": text("The id of the event that asked for it, if one did"),
  "ce-key": text("What carries a key has its effect on an aggregate once, however late it comes again"),
};

/** CloudEvents 1.0 in binary mode, with our extensions. */
export const eventHeaders: JsonSchema = {
  title: "EventHeaders",
  description: "CloudEvents 1.0 in binary mode: its attributes and Lucent's extensions",
  ...{ type: "object", properties: { ...always, ...sometimes }, required: Object.keys(always) },
};

type Told = { readonly kind: string; readonly name: string; readonly form: number };

/** What the headers of one type of event say beyond that. */
export function headersOf({ kind, name, form }: Told): JsonSchema {
  const constants = {
    "ce-source": { type: "string", const: `/lucent/${kind}` },
    "ce-type": { type: "string", const: `lucent.${kind}.v1.${name}` },
    "ce-schema": {
      ...{ type: "string", enum: Array.from({ length: form }, (_, earlier) => `${form - earlier}`) },
      description: "The newest form, which the schema here describes, and those that older events may have",
    },
  };
  return { type: "object", allOf: [eventHeaders, { type: "object", properties: constants }] };
}

const aggregate = "019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55";
const stream = "2026-11-23T00:00:00.123456789Z";
const conversation = "01a20cc7-e10a-730a-880f-a2872d18a760";

export function exampleHeaders({ kind, name, form }: Told) {
  return {
    ...{ "Nats-Msg-Id": `${kind}/${aggregate}/1@${stream}`, "Lucent-Stream": stream },
    ...{ "ce-specversion": "1.0", "ce-id": `${kind}/${aggregate}/1` },
    ...{ "ce-source": `/lucent/${kind}`, "ce-type": `lucent.${kind}.v1.${name}`, "ce-subject": aggregate },
    ...{ "ce-time": "2026-11-23T01:30:00.000Z", "ce-datacontenttype": "application/json" },
    ...{ "ce-revision": "1", "ce-schema": `${form}`, "ce-actor": "lucent", "ce-correlationid": conversation },
    traceparent: `00-${conversation.replaceAll("-", "")}-00f067aa0ba902b7-00`,
  };
}
