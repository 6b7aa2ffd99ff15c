import { expect, test } from "bun:test";
import { createJudge, type Document, danglingIn, faultsOf } from "../adapters/asyncapi/_judges_test.ts";
import { describeBus } from "./bus_document.ts";
import { accounts } from "./distributed/accounts.ts";
import { domainQuestions } from "./distributed/domain_questions.ts";
import { questions } from "./distributed/questions.ts";
import { serviceNames } from "./service_names.ts";

const publicUrl = "https://lucent.example";
const document = (await describeBus(publicUrl)()) as Document;
const answered = ({ operations }: Document) =>
  Object.keys(operations).flatMap((name) => /^(.+)\.answers$/.exec(name)?.[1] ?? []);

test("the table has every question that an account may ask, and no others; each of the domains may be asked", () => {
  const asked = new Set(Object.values(accounts).flatMap(({ asks = [] }) => asks));
  expect(Object.keys(questions).sort()).toEqual([...asked].sort());
  expect(Object.keys(questions)).toEqual(expect.arrayContaining(Object.keys(domainQuestions)));
});

test("/asyncapi.json lists every question; a service's own document has those that it answers", async () => {
  expect(answered(document).sort()).toEqual(Object.keys(questions).sort());
  for (const service of serviceNames) {
    const own = Object.keys(questions).filter((question) => question.startsWith(`${service}.`));
    expect(answered((await describeBus(publicUrl, service)()) as Document).sort()).toEqual(own.sort());
  }
});

test("AsyncAPI's own schema finds no fault in it, and every reference leads somewhere", () => {
  expect(faultsOf(document)).toEqual([]);
  expect(danglingIn(document)).toEqual([]);
});

test("a question's examples are what their schemas say", () => {
  const judge = createJudge(document);
  const messages = Object.keys(questions).flatMap((question) => [`${question}.request`, `${question}.reply`]);
  const wrong = messages.map((message) => judge(message, "payload", exampleOf(message)));
  expect(wrong.filter((each) => each !== undefined)).toEqual([]);
});

function exampleOf(message: string): unknown {
  return document.components.messages[message]?.examples?.[0]?.payload;
}
