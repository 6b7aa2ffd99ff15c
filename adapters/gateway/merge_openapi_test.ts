import { expect, test } from "bun:test";
import SwaggerParser from "@apidevtools/swagger-parser";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Elysia, t } from "elysia";
// The documents that are merged are those of the services' own faces.
import { createServer, documentationRoutes, healthRoutes, openApiOf, operationsRoutes } from "../http/mod.ts";
import { openStand, replica } from "./_stand_test.ts";
import { mergeOpenApi, type OpenApiDocument } from "./mod.ts";

const parked = { list: async () => ({ items: [] }), replay: async () => "done", dismiss: async () => "done" } as never;
const publicUrl = "https://api.example.org";
const metrics = { contentType: "text/plain", text: async () => "" };
const openly = new Elysia().macro({ permission: (_: string) => ({}) }) as never;

/** A service as it is in a process of its own: one route, and what every service has. */
function service(name: string) {
  const app = createServer({ log: () => {}, origins: [], answered: () => {} });
  const body = t.Object({ label: t.String({ examples: ["Savings"] }) });
  return app
    .use(
      new Elysia({ prefix: `/v1/${name}s`, tags: [name] })
        .get("/:id", () => ({ label: "x" }), {
          params: t.Object({ id: t.String() }),
          response: { 200: body },
          detail: { operationId: `get_${name}`, summary: "One" },
        })
        .post("", ({ body }) => body, { body, response: { 200: body }, detail: { operationId: `make_${name}` } }),
    )
    .use(operationsRoutes({ [name]: parked }, openly))
    .use(healthRoutes({}, metrics))
    .use(documentationRoutes({ openApi: () => openApiOf(app, publicUrl), asyncApi: async () => ({}), publicUrl })) as {
    handle(request: Request): Promise<Response>;
  };
}

async function documentOf(name: string): Promise<OpenApiDocument> {
  const answer = await service(name).handle(new Request("http://localhost/openapi.json"));
  return (await answer.json()) as OpenApiDocument;
}

const bare = (paths: OpenApiDocument["paths"], components: OpenApiDocument["components"] = {}): OpenApiDocument => ({
  ...{ openapi: "3.1.0", info: { title: "Bare", version: "1" }, paths: paths ?? {}, components },
});

test("the services' documents become one, in which two independent validators find no fault", async () => {
  const documents = {
    wallet: await documentOf("wallet"),
    task: await documentOf("task"),
    play: await documentOf("play"),
  };
  const before = structuredClone(documents);
  const merged = mergeOpenApi(documents);
  expect(documents).toEqual(before);
  expect(Object.keys(merged.paths).toSorted()).toEqual([
    ...["/health/live", "/health/ready", "/v1/operations/{service}/parked-events"],
    ...["/v1/operations/{service}/parked-events/{id}", "/v1/operations/{service}/parked-events/{id}/replay"],
    ...["play", "task", "wallet"].flatMap((name) => [`/v1/${name}s`, `/v1/${name}s/{id}`]),
  ]);
  expect(merged.servers).toEqual([{ url: "https://api.example.org" }]);
  expect(Object.keys(merged.components).toSorted()).toEqual(["schemas", "securitySchemes"]);
  expect(await new Validator().validate(structuredClone(merged))).toMatchObject({ valid: true });
  await SwaggerParser.validate(structuredClone(merged) as never);
});

test("merging does not depend on the order, and one document alone stays as it is", async () => {
  const [wallet, task] = [await documentOf("wallet"), await documentOf("task")];
  expect(JSON.stringify(mergeOpenApi({ wallet, task }))).toBe(JSON.stringify(mergeOpenApi({ task, wallet })));
  expect(mergeOpenApi({ wallet })).toEqual(wallet as never);
  expect(() => mergeOpenApi({})).toThrow("there is none");
});

test("tags are united by name", () => {
  const tagged = (...names: string[]) => ({ ...bare({}), tags: names.map((name) => ({ name })) });
  expect(mergeOpenApi({ a: tagged("Health", "A"), b: tagged("Health", "B") }).tags).toEqual(
    ["Health", "A", "B"].map((name) => ({ name })),
  );
});

test("what means two things throws: an operation, an operation's id, a path by other parameters, a component", () => {
  const get = (operationId: string) => ({ get: { operationId, responses: {} } });
  const clash = (a: OpenApiDocument, b: OpenApiDocument) => () => mergeOpenApi({ a, b });
  expect(clash(bare({ "/x": get("one") }), bare({ "/x": get("two") }))).toThrow(
    'Cannot merge the OpenAPI document of "b": /x get is not what another service has there',
  );
  expect(clash(bare({ "/x": get("one") }), bare({ "/y": get("one") }))).toThrow("get /y clashes with get /x");
  expect(clash(bare({ "/x/{a}": get("one") }), bare({ "/x/{b}": get("two") }))).toThrow("/x/{b} clashes with /x/{a}");
  expect(
    clash(bare({}, { schemas: { X: { type: "string" } } }), bare({}, { schemas: { X: { type: "number" } } })),
  ).toThrow("schemas X is not what another service has there");
  expect(clash(bare({ "/x": get("one") }), bare({ "/x": { ...get("one"), post: {} } }))).not.toThrow();
});

test("the gateway reads each service's document from one replica, and keeps what it read", async () => {
  await using stand = openStand();
  let asked = 0;
  for (const name of ["wallet", "task"]) {
    const { handle } = service(name);
    const { url } = stand.upstream((request) => {
      asked++;
      return handle(request);
    });
    stand.list.push(replica(name, url, [`/v1/${name}s`], "1"), replica(name, url, [`/v1/${name}s`], "2"));
  }
  const silent = stand.upstream(() => new Response("No", { status: 500 }));
  stand.list.push(replica("play", silent.url, ["/v1/plays"]));
  const gateway = stand.start();
  const documents = await gateway.documents();
  expect(Object.keys(documents).toSorted()).toEqual(["task", "wallet"]);
  expect(documents.task).toEqual(await documentOf("task"));
  expect(stand.logged).toEqual(["Cannot read an OpenAPI document"]);
  await gateway.documents();
  stand.list.length = 0;
  while (gateway.replicas().length > 0) await Bun.sleep(2);
  expect(await gateway.documents()).toEqual(documents);
  expect(asked).toBe(2);
});
