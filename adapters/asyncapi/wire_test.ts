import { expect, test } from "bun:test";
import type { Instant, UserId } from "../../domains/shared/mod.ts";
import { encode } from "../nats/_messages.ts";
import { questionSubject } from "../nats/_subjects.ts";
import { createJudge, type Document } from "./_judges_test.ts";
import { asyncApiOf, eventsTable } from "./mod.ts";

const services = { all: { publishes: Object.keys(eventsTable), consumes: [] } };
const questions = { "all.look.up": { summary: "Looks up", request: {}, reply: {} } };
const document = asyncApiOf({ services, questions }) as unknown as Document;
const judge = createJudge(document);
const aggregate = "019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55";

function sent(kind: string, type: string, schema: number, cause: object = {}) {
  const envelope = {
    ...{ id: `${kind}/${aggregate}/7`, kind, aggregate, revision: 7, schema },
    ...{ at: "2026-11-23T00:00:00.000Z" as Instant, event: { type } },
    cause: { actor: "lucent" as UserId, correlation: "c", ...cause },
  };
  const { subject, headers } = encode("lucent", envelope, "2026-11-23T00:00:00.123456789Z");
  return { subject, headers: Object.fromEntries([...headers].map(([name, [value]]) => [name, value])) };
}

test("what the NATS adapter sends has the document's subject and headers, for every type of event", () => {
  for (const { kind, form, events } of Object.values(eventsTable)) {
    for (const type of Object.keys(events)) {
      const { subject, headers } = sent(kind, type, form, { event: "order/o/1", key: "order/o/1#hold" });
      const channels = Object.entries(document.channels).filter(([id]) => id.startsWith(`${kind}.`));
      const [, channel] = channels.find(([, { messages }]) => Object.hasOwn(messages, type)) ?? [];
      expect(channel?.address?.replace("{aggregate}", aggregate)).toBe(subject);
      expect(judge(`${kind}.${type}`, "headers", headers)).toBeUndefined();
    }
  }
});

test("the document names every header of the wire, and no others", () => {
  const { headers } = sent("user", "ProfileChanged", 1, { event: "e", key: "k" });
  const { EventHeaders } = document.components.schemas as { EventHeaders: { properties: object } };
  expect(Object.keys(EventHeaders.properties).sort()).toEqual(Object.keys(headers).sort());
});

test("headers of another kind, without a correlation, or of a form that is not yet there are refused", () => {
  const { headers } = sent("user", "ProfileChanged", 1);
  expect(judge("user.ProfileChanged", "headers", headers)).toBeUndefined();
  expect(judge("user.SettingsChanged", "headers", headers)).toContain("ce-type");
  const { "ce-correlationid": _, ...without } = headers;
  expect(judge("user.ProfileChanged", "headers", without)).toContain("ce-correlationid");
  expect(judge("user.ProfileChanged", "headers", sent("user", "ProfileChanged", 2).headers)).toContain("ce-schema");
});

test("a question goes to the subject that the document says", () => {
  expect(document.channels["all.look.up"]?.address).toBe(questionSubject("lucent", "all.look.up"));
});
