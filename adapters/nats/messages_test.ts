import { expect, test } from "bun:test";
import { headers, MsgHdrsImpl } from "@nats-io/transport-node";
import * as fc from "fast-check";
import type { Instant, UserId } from "../../domains/shared/mod.ts";
import type { Envelope } from "../../ports/mod.ts";
import { decode, encode, isMeantForAnother } from "./_messages.ts";
import { questionSubject, subjectOf } from "./_subjects.ts";

const at = "2026-11-23T00:00:00.000Z" as Instant;
const envelope: Envelope = {
  ...{ id: "play_version/a.b@c d/7", kind: "play_version", aggregate: "a.b@c d", revision: 7, schema: 2, at },
  cause: {
    actor: "u1" as UserId,
    correlation: "01a20cc7-e10a-730a-880f-a2872d18a760",
    event: "play/a/3",
    key: "play/a/3#1",
  },
  event: { type: "VersionPublished", title: "Größe \u{1f600}" } as Envelope["event"],
};

/** As it arrives. */
function sent(root: string, told: Envelope) {
  const { subject, headers: all, body } = encode(root, told);
  return { subject, headers: MsgHdrsImpl.decode((all as MsgHdrsImpl).encode()), string: () => body };
}

test("an event is a CloudEvent in binary mode, its id against duplicates, its conversation a trace", () => {
  const { subject, headers: all, body } = encode("lucent", envelope);
  expect(subject).toBe("lucent.play_version.v1.version-published.a%2Eb@c%20d");
  expect(Object.fromEntries([...all].map(([name, [value]]) => [name, value]))).toEqual({
    "Nats-Msg-Id": "play_version/a.b@c%20d/7",
    "ce-specversion": "1.0",
    "ce-id": "play_version/a.b@c%20d/7",
    "ce-source": "/lucent/play_version",
    "ce-type": "lucent.play_version.v1.version-published",
    "ce-subject": "a.b@c%20d",
    "ce-time": at,
    "ce-datacontenttype": "application/json",
    "ce-revision": "7",
    "ce-schema": "2",
    "ce-actor": "u1",
    "ce-correlationid": "01a20cc7-e10a-730a-880f-a2872d18a760",
    "ce-causationid": "play/a/3",
    "ce-key": "play/a/3#1",
    traceparent: expect.stringMatching(/^00-01a20cc7e10a730a880fa2872d18a760-[0-9a-f]{16}-00$/),
  });
  expect(JSON.parse(body)).toEqual(envelope.event);
});

test("an event says for which stream it is meant, and is no duplicate of itself in another one", () => {
  const [one, other] = ["2026-11-23T00:00:00.1Z", "2026-11-24T00:00:00.1Z"];
  const meant = encode("lucent", envelope, one);
  expect(meant.headers.get("Nats-Msg-Id")).toBe("play_version/a.b@c%20d/7@2026-11-23T00:00:00.1Z");
  expect(isMeantForAnother(one, meant)).toBe(false);
  expect(isMeantForAnother(other, meant)).toBe(true);
  // As older releases sent it.
  expect(isMeantForAnother(one, encode("lucent", envelope))).toBe(false);
});

test("every event comes out as it went in", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1 });
  const causes = fc.record(
    { actor: text, correlation: text, event: text, key: text },
    { requiredKeys: ["actor", "correlation"] },
  );
  fc.assert(
    fc.property(
      text,
      fc.nat(),
      fc.integer({ min: 1 }),
      causes,
      text,
      fc.jsonValue(),
      (aggregate, revision, schema, cause, type, value) => {
        const told = {
          ...envelope,
          aggregate,
          revision,
          schema,
          cause,
          id: `play_version/${aggregate}/${revision}`,
          event: { type, value },
        };
        const event: Envelope = JSON.parse(JSON.stringify(told));
        const message = sent("lucent", event);
        expect(decode("lucent", "play_version", message)).toEqual(event);
        expect(message.subject.split(".")).toHaveLength(5);
        expect(message.subject).toMatch(/^[^\s*>]+$/);
      },
    ),
  );
});

test("a message that the kind's service has not published is no event of it", () => {
  const good = sent("lucent", envelope);
  expect(decode("lucent", "play_version", good)).toEqual(envelope);
  const bent = (name: string, value: string) => {
    const all = headers();
    for (const [key, [was = ""]] of good.headers) all.set(key, key === name ? value : was);
    return decode("lucent", "play_version", { ...good, headers: all });
  };
  expect(bent("ce-id", "play/a.b@c%20d/7")).toBeUndefined();
  expect(bent("ce-revision", "8")).toBeUndefined();
  expect(bent("ce-revision", "")).toBeUndefined();
  expect(bent("ce-schema", "none")).toBeUndefined();
  expect(bent("ce-subject", "another")).toBeUndefined();
  expect(decode("lucent", "play", good)).toBeUndefined();
  expect(
    decode("lucent", "play_version", { ...good, subject: "lucent.play_version.v1.archived.a%2Eb@c%20d" }),
  ).toBeUndefined();
  for (const body of ["", "7", "null", "{}", '{"type":7}', '{"type":"Archived"}']) {
    expect(decode("lucent", "play_version", { ...good, string: () => body })).toBeUndefined();
  }
  expect(decode("lucent", "play_version", { subject: good.subject, string: () => "{}" })).toBeUndefined();
});

test("subjects hold names by the field's custom, and long ids by their digest", () => {
  expect(subjectOf("lucent", "wallet", "EVMAccountAdded2", "w")).toBe("lucent.wallet.v1.evm-account-added2.w");
  expect(subjectOf("lucent", "wallet", "Added", "")).toBe("lucent.wallet.v1.added.%");
  expect(subjectOf("lucent", "wallet", "Added", "*.>")).toBe("lucent.wallet.v1.added.%2A%2E%3E");
  expect(subjectOf("lucent", "wallet", "Added", "x".repeat(1_000))).toMatch(/added\.sha256:[0-9a-f]{64}$/);
  expect(questionSubject("lucent", "wallet.balances")).toBe("lucent.query.wallet.v1.balances");
  expect(questionSubject("lucent", "wallet.audit.verify")).toBe("lucent.query.wallet.v1.audit.verify");
});
