import { expect, test } from "bun:test";
import { createServer, documentationRoutes, openApiOf } from "./mod.ts";

const publicUrl = "http://127.0.0.1:3000";

function serve(services?: Parameters<typeof documentationRoutes>[0]["services"]) {
  const app = createServer({ log: () => {}, origins: [], answered: () => {} });
  const openApi = () => openApiOf(app, publicUrl);
  app.use(documentationRoutes({ openApi, asyncApi: async () => ({ asyncapi: "3.0.0" }), publicUrl, services }));
  return (path: string) => app.handle(new Request(publicUrl + path));
}

test("/asyncapi.json is the given document", async () => {
  expect(await (await serve()("/asyncapi.json")).json()).toEqual({ asyncapi: "3.0.0" });
});

test("no document is a route of the REST face", async () => {
  const document = await (await serve()("/openapi.json")).json();
  expect(document).toMatchObject({ openapi: "3.1.0", paths: {} });
});

test("Swagger UI offers the documents of all services, the first one first, and no other", async () => {
  const documents = { wallet: async () => ({ of: "wallet" }), task: async () => ({ of: "task" }) };
  const get = serve({ documents, first: "task" });
  const script = await (await get("/docs/start.js")).text();
  expect(script).toContain('"urls":[{"name":"wallet","url":"/docs/documents/wallet"}');
  expect(script).toContain('"urls.primaryName":"task"');
  expect(await (await get("/docs/documents/task")).json()).toEqual({ of: "task" });
  for (const other of ["user", "toString"]) expect((await get(`/docs/documents/${other}`)).status).toBe(404);
});
