import type { JsonSchema } from "../../ports/mod.ts";
import { type Components, exampleOf } from "./_components.ts";

/** A question that a service answers. */
export type DescribedQuestion = {
  readonly summary: string;
  readonly request: JsonSchema;
  readonly reply: JsonSchema;
};

const asking: JsonSchema = {
  title: "QuestionHeaders",
  type: "object",
  properties: {
    "Lucent-Within": { type: "string", pattern: "^[0-9]+$", description: "Milliseconds until an answer is too late" },
    "X-Correlation-Id": { type: "string", description: "The conversation that it belongs to" },
  },
};

const failing: JsonSchema = {
  type: "object",
  properties: {
    "Nats-Service-Error-Code": { type: "string", enum: ["500", "503"], description: "503: asking again may help" },
    "Nats-Service-Error": { type: "string", description: "What went wrong" },
  },
  required: ["Nats-Service-Error-Code", "Nats-Service-Error"],
};

const failure = "QuestionFailure";
const messageRef = (name: string) => ({ $ref: `#/components/messages/${name}` });

/** The channels, messages and the operation of `<service>.<name>`: asked on a subject, answered on the one that the request names. */
export function describeQuestion(question: string, described: DescribedQuestion, components: Components) {
  const { summary, request, reply } = described;
  const [service = "", ...name] = question.split(".");
  const answered = `${question}.reply`;
  const contentType = "application/json";
  const message = (which: "request" | "reply", schema: JsonSchema, more: object) => ({
    ...{ name: `${question}.${which}`, title: `${question}: ${which}`, contentType, ...more },
    payload: components.referred(schema),
    examples: [{ payload: exampleOf(schema) }],
  });
  return {
    channels: {
      [question]: {
        ...{ address: `lucent.query.${service}.v1.${name.join(".")}`, title: question, description: summary },
        messages: { request: messageRef(`${question}.request`) },
      },
      [answered]: {
        ...{ address: null, title: `${question}: reply`, description: "The reply subject that the request names" },
        messages: { reply: messageRef(`${question}.reply`), failure: messageRef(failure) },
      },
    },
    messages: {
      [`${question}.request`]: message("request", request, { headers: components.referred(asking) }),
      [`${question}.reply`]: message("reply", reply, {}),
      [failure]: {
        ...{ name: failure, title: "No answer", headers: failing },
        summary: "What went wrong, as the NATS services framework tells it (ADR-32); the body is empty",
      },
    },
    operation: {
      ...{ action: "receive", title: `Answer ${question}`, summary, tags: [{ name: "questions" }] },
      channel: { $ref: `#/channels/${question}` },
      messages: [{ $ref: `#/channels/${question}/messages/request` }],
      reply: {
        channel: { $ref: `#/channels/${answered}` },
        messages: ["reply", "failure"].map((each) => ({ $ref: `#/channels/${answered}/messages/${each}` })),
      },
    },
  };
}
