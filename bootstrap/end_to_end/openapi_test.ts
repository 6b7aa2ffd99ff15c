import { afterAll, beforeAll, expect, test } from "bun:test";
import SwaggerParser from "@apidevtools/swagger-parser";
import { Validator } from "@seriousme/openapi-schema-validator";
import { call } from "../client.ts";
import { type Stand, startStand } from "./stand.ts";

type Operation = {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema?: object }>> }>>;
};
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

let stand: Stand;
let document: Document;
beforeAll(async () => {
  stand = await startStand();
  document = (await call<Document>(stand.url, "GET", "/openapi.json")).body;
}, 60_000);
afterAll(() => stand[Symbol.asyncDispose]());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, method, operation })),
  );

test("two independent validators find no fault in /openapi.json", async () => {
  expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true });
  await SwaggerParser.validate(structuredClone(document) as never);
});

test("every route of this release is there, and no other", () => {
  expect(
    operations()
      .map(({ name }) => name)
      .sort(),
  ).toMatchSnapshot();
});

test("every operation has an id of its own, a summary and a tag", () => {
  const all = operations();
  expect(all.filter(({ operation }) => !operation.summary || !operation.tags?.length).map(({ name }) => name)).toEqual(
    [],
  );
  expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length);
});

test("an order for someone else names the step-up that it takes", () => {
  const { operation } = operations().find(({ name }) => name === "post /v1/orders") ?? {};
  expect(operation?.parameters).toContainEqual(expect.objectContaining({ name: "Lucent-Step-Up", in: "header" }));
  expect(JSON.stringify(operation?.responses["403"])).toContain("urn:lucent:problem:step-up-needed");
  expect(operation?.description).toContain("For someone else's it needs a step-up for the action `order.place`");
});

test("every operation says what it answers, and as what problem it fails", () => {
  const silent = operations().filter(({ operation: { responses } }) => {
    const answers = Object.entries(responses).filter(([status]) => /^(1|2)/.test(status));
    const told = answers.some(
      ([status, { content }]) => /^(101|204)$/.test(status) || content?.["application/json"]?.schema,
    );
    const problems = Object.entries(responses).filter(([status]) => /^[45]/.test(status) && status !== "503");
    const asProblems = problems.every(([, { content }]) => content?.["application/problem+json"]);
    return !told || problems.length === 0 || !asProblems;
  });
  expect(silent.map(({ name }) => name)).toEqual([]);
});

test("every body has an example", () => {
  const bare = operations().filter(
    ({ operation: { requestBody } }) => requestBody && requestBody.content["application/json"]?.example === undefined,
  );
  expect(bare.map(({ name }) => name)).toEqual([]);
});

test("Swagger UI and all that it loads come from here", async () => {
  const page = await (await fetch(`${stand.url}/docs`)).text();
  const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? "");
  expect(links.length).toBeGreaterThan(2);
  for (const link of links) {
    expect(link).toStartWith("/docs");
    expect((await fetch(`${stand.url}${link}`)).status).toBe(200);
  }
});
