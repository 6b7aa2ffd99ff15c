import { expect, test } from "bun:test";
import { Elysia } from "elysia";
import { documentationRoutes } from "./documentation_routes.ts";

const url = "http://127.0.0.1:3000";

function serve(asyncApi?: () => object) {
  const app = new Elysia();
  app.use(documentationRoutes(() => app, url, asyncApi));
  return (path: string) => app.handle(new Request(url + path));
}

test("/asyncapi.json is the given document, made once at the first request", async () => {
  let made = 0;
  const get = serve(() => ({ asyncapi: "3.0.0", made: ++made }));
  expect(made).toBe(0);
  for (const _ of [1, 2]) expect(await (await get("/asyncapi.json")).json()).toEqual({ asyncapi: "3.0.0", made: 1 });
});

test("without a document of the bus there is no /asyncapi.json", async () => {
  expect((await serve()("/asyncapi.json")).status).toBe(404);
});

test("neither document is a route of the REST face", async () => {
  const document = await (await serve(() => ({}))("/openapi.json")).json();
  expect(document).toMatchObject({ openapi: "3.1.0", paths: {} });
});
