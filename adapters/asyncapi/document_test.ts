import { expect, test } from "bun:test";
import { createJudge, type Document, danglingIn, faultsOf } from "./_judges_test.ts";
import { asyncApiOf, type DescribedQuestion, eventsTable, type ServiceOnBus } from "./mod.ts";

const user: ServiceOnBus = { publishes: ["user", "identity", "super_admins"], consumes: [] };
const others = Object.keys(eventsTable).filter((kind) => !user.publishes.includes(kind));
const services = { user, rest: { publishes: others, consumes: ["user", "order"] } };
const wallet = { title: "WalletAsked", type: "object", properties: { wallet: { type: "string", examples: ["w1"] } } };
const questions: Record<string, DescribedQuestion> = {
  "user.get": { summary: "A user", request: { type: "string" }, reply: { type: "object" } },
  "rest.balances": { summary: "What a wallet has", request: wallet, reply: { type: "array", items: wallet } },
};
const publicUrl = "https://lucent.example";
const documentOf = (service?: string) =>
  asyncApiOf({ services, questions, publicUrl, ...(service !== undefined && { service }) }) as unknown as Document;
const document = documentOf();
const typesOf = (kind: string) => Object.keys(eventsTable[kind]?.events ?? {});
const types = Object.keys(eventsTable).flatMap((kind) => typesOf(kind).map((type) => `${kind}.${type}`));

test("AsyncAPI's own schema finds no fault in the document, nor in one without questions", () => {
  expect(faultsOf(document)).toEqual([]);
  expect(faultsOf(documentOf("user"))).toEqual([]);
  expect(faultsOf(asyncApiOf({ services, questions: {} }))).toEqual([]);
});

test("AsyncAPI's own schema finds a planted fault", () => {
  expect(faultsOf({ ...document, operations: { wrong: { action: "shout" } } })).not.toEqual([]);
});

test("every reference leads somewhere", () => {
  expect(danglingIn(document)).toEqual([]);
  expect(danglingIn(documentOf("user"))).toEqual([]);
  expect(danglingIn({ a: { $ref: "#/components/no" } })).toEqual(["#/components/no"]);
});

test("every type of event has a channel by its subject, a message and an operation of who sends it", () => {
  expect(types.length).toBeGreaterThan(100);
  const { channels, components, operations } = document;
  expect(types.filter((type) => !Object.hasOwn(components.messages, type))).toEqual([]);
  const addresses = Object.values(channels).map(({ address }) => address);
  expect(addresses).toContain("lucent.play_version.v1.version-published.{aggregate}");
  expect(addresses.filter((address) => address?.endsWith("{aggregate}"))).toHaveLength(types.length);
  const sent = Object.values(operations).filter(({ action }) => action === "send");
  expect(sent).toHaveLength(types.length);
  expect(operations["rest.receives.user.user-suspended"]).toMatchObject({ action: "receive" });
});

test("a question is a request on its subject, and a reply", () => {
  expect(document.channels["rest.balances"]).toMatchObject({ address: "lucent.query.rest.v1.balances" });
  expect(document.channels["rest.balances.reply"]?.address).toBeNull();
  expect(document.operations["rest.balances.answers"]).toMatchObject({
    action: "receive",
    reply: { channel: { $ref: "#/channels/rest.balances.reply" } },
  });
  expect(document.components.schemas).toMatchObject({ WalletAsked: wallet });
});

test("a service's document has what it sends, receives and answers, and no more", () => {
  const own = documentOf("user");
  expect(Object.keys(own.operations).filter((name) => !/^user\.(sends\.|get\.answers$)/.test(name))).toEqual([]);
  expect(Object.keys(own.channels).filter((name) => !/^(user|identity|super_admins)\./.test(name))).toEqual([]);
  expect(Object.keys(own.operations)).toContain("user.get.answers");
  expect(() => documentOf("nobody")).toThrow(RangeError);
});

test("every example is what its schema says, headers too", () => {
  const judge = createJudge(document);
  const wrong = Object.entries(document.components.messages).flatMap(([message, { examples = [] }]) =>
    examples.flatMap(({ headers, payload }) => [
      headers && judge(message, "headers", headers),
      judge(message, "payload", payload),
    ]),
  );
  expect(wrong.filter((each) => each !== undefined)).toEqual([]);
  expect(wrong.length).toBeGreaterThan(2 * types.length);
});

test("a wrong event is refused: an unknown field, a missing one, an amount that is a number, another's type", () => {
  const judge = createJudge(document);
  const event = { type: "CapacityGrown", order: "019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55", amount: "5" };
  const payload = (value: object) => judge("claim.CapacityGrown", "payload", value);
  expect(payload(event)).toBeUndefined();
  expect(payload({ ...event, more: true })).toContain("additional properties");
  expect(payload({ type: event.type, order: event.order })).toContain("'amount'");
  expect(payload({ ...event, amount: 5 })).toContain("string");
  expect(payload({ ...event, amount: "05" })).toContain("pattern");
  expect(payload({ ...event, type: "CapacityReturned" })).toContain("constant");
});

test("a kind that nobody has described, and two schemas of one title, are refused", () => {
  const unknown = { odd: { publishes: ["odd"], consumes: [] } };
  expect(() => asyncApiOf({ services: unknown, questions: {} })).toThrow('Cannot describe the events of "odd"');
  const twice = { "user.get": { summary: "", request: { title: "Proof", type: "null" }, reply: {} } };
  expect(() => asyncApiOf({ services, questions: twice })).toThrow('Cannot describe two schemas as "Proof"');
});
