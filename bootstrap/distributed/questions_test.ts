import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Document } from "../../adapters/asyncapi/_judges_test.ts";
import type { Questions } from "../../ports/messaging.ts";
import { QuestionFailed } from "../../ports/mod.ts";
import { describeBus } from "../bus_document.ts";
import { serviceNames } from "../service_names.ts";
import { answerAll, questions } from "./questions.ts";

const { components } = (await describeBus("https://lucent.example")()) as Document;
const names = Object.keys(questions);
const handlers = new Map<string, (about: unknown) => Promise<unknown>>();
for (const service of serviceNames) {
  const own = names
    .filter((question) => question.startsWith(`${service}.`))
    .map((each) => each.slice(service.length + 1));
  const answer: Questions["answer"] = (name, handler) => {
    handlers.set(`${service}.${name}`, (about) => handler(about, { signal: AbortSignal.timeout(1_000) }));
    return { [Symbol.asyncDispose]: async () => {} };
  };
  answerAll(service, Object.fromEntries([...own, "unasked"].map((name) => [name, async (about: unknown) => about])), {
    answer,
  });
}

function example(question: string): Readonly<Record<string, unknown>> {
  return components.messages[`${question}.request`]?.examples?.[0]?.payload as Readonly<Record<string, unknown>>;
}

/** What reached the answer; undefined where the question was refused. Whatever else is thrown is a crash. */
async function reached(question: string, about: unknown): Promise<unknown> {
  try {
    return await handlers.get(question)?.(about);
  } catch (error) {
    if (error instanceof QuestionFailed) return undefined;
    throw error;
  }
}

test("only questions of the table are answered, each in the form of its example", async () => {
  expect([...handlers.keys()].sort()).toEqual(names.sort());
  for (const question of names) expect(await reached(question, example(question))).toEqual(example(question));
});

test("a refusal says what is wrong, and never repeats it", async () => {
  const ask = handlers.get("wallet.journal");
  await expect(ask?.({})).rejects.toThrow("The request: limit is missing");
  await expect(ask?.({ limit: 1, kind: "canary".repeat(100) })).rejects.toThrow(/^\/kind: (?!.*canary)/);
  await expect(ask?.({ limit: 0 })).rejects.toThrow(QuestionFailed);
  await expect(ask?.({ limit: 1, order: "sideways" })).rejects.toThrow(QuestionFailed);
});

const anything = fc.jsonValue({ maxDepth: 4 });
const operators = fc.constantFrom<unknown>(
  { $gt: "" },
  { $where: "1" },
  ["a"],
  { toString: "x" },
  null,
  -1,
  1.5,
  true,
  {},
);

test("whatever is asked, only plain texts and whole numbers of the table's fields reach an answer", async () => {
  const mutated = fc.record({
    question: fc.constantFrom(...names.filter((name) => !name.endsWith(".witness.append"))),
    field: fc.oneof(
      fc.constantFrom("id", "service", "limit", "kind", "after", "from", "user", "token", "__proto__"),
      fc.string(),
    ),
    value: fc.oneof(anything, operators),
  });
  const isPlain = (value: unknown) => typeof value === "string" || Number.isInteger(value);
  await fc.assert(
    fc.asyncProperty(mutated, anything, async ({ question, field, value }, whole) => {
      const changed = Object.defineProperty({ ...example(question) }, field, { value, enumerable: true });
      for (const about of [changed, whole]) {
        const got = await reached(question, about);
        if (got === undefined) continue;
        const known = Object.keys(questions[question]?.request.properties);
        expect(Object.keys(got as object).filter((name) => !known.includes(name))).toEqual([]);
        expect(Object.values(got as object).every(isPlain)).toBe(true);
      }
    }),
  );
});

test("a root or a leaf of another form is not kept", async () => {
  const { root, leaves } = example("task.witness.append") as { root: object; leaves: readonly object[] };
  const append = (about: unknown) => reached("task.witness.append", about);
  expect(await append({ root, leaves })).toEqual({ root, leaves });
  for (const wrong of [
    { root: { ...root, service: { $ne: "" } }, leaves },
    { root: { ...root, more: 1 }, leaves },
    { root: { ...root, number: "1" }, leaves },
    { root: { ...root, signature: "5c" }, leaves },
    { root, leaves: [{ event: "order/o/1", hash: { $gt: "" } }] },
    { root, leaves: { 0: "a" } },
    { leaves },
  ]) {
    expect(await append(wrong)).toBeUndefined();
  }
});
