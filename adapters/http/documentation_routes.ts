import { type AnyElysia, Elysia, NotFoundError } from "elysia";
import { page, script } from "./_swagger_ui.ts";
import { openApiOf } from "./openapi.ts";

const assets: Record<string, string> = {
  "swagger-ui-bundle.js": "text/javascript",
  "swagger-ui.css": "text/css",
  "favicon-32x32.png": "image/png",
};

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'";

/**
 * `/openapi.json`, and Swagger UI at `/docs` from our own files: it loads nothing from elsewhere. `/asyncapi.json` where
 * there is a document of the bus.
 */
export function documentationRoutes(app: () => AnyElysia, publicUrl: string, asyncApi?: () => object): AnyElysia {
  let document: object | undefined;
  let ofBus: object | undefined;
  const html = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
  const routes = new Elysia({ name: "documentation", detail: { hide: true } })
    .get("/openapi.json", async () => {
      document ??= await openApiOf(app(), publicUrl);
      return document;
    })
    .get("/docs", () => new Response(page, { headers: html }))
    .get("/docs/start.js", () => new Response(script, { headers: { "content-type": "text/javascript" } }))
    .get("/docs/assets/:name", ({ params }) => {
      const type = Object.hasOwn(assets, params.name) ? assets[params.name] : undefined;
      if (!type) throw new NotFoundError();
      return new Response(Bun.file(Bun.resolveSync(`swagger-ui-dist/${params.name}`, import.meta.dir)), {
        headers: { "content-type": type, "cache-control": "public, max-age=86400" },
      });
    });
  if (!asyncApi) return routes;
  return routes.get("/asyncapi.json", () => {
    ofBus ??= asyncApi();
    return ofBus;
  });
}
