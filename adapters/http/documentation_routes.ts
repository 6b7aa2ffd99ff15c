import { Elysia, NotFoundError } from "elysia";
import { page, scriptFor } from "./_swagger_ui.ts";

const assets: Record<string, string> = {
  "swagger-ui-bundle.js": "text/javascript",
  "swagger-ui-standalone-preset.js": "text/javascript",
  "swagger-ui.css": "text/css",
  "favicon-32x32.png": "image/png",
};

export type Documentation = {
  /** This process's own OpenAPI document. */
  readonly openApi: () => Promise<object>;
  /** The AsyncAPI document of what it sends, reads and answers on the bus. */
  readonly asyncApi: () => Promise<object>;
  /** Where requests are tried: Swagger UI may call it, and what serves the page. */
  readonly publicUrl: string;
  /** The documents of all services by name, where there are several; `first` is shown first. */
  readonly services?:
    | { readonly documents: Readonly<Record<string, () => Promise<object>>>; readonly first?: string }
    | undefined;
};

/** `/openapi.json`, `/asyncapi.json`, and Swagger UI at `/docs` from our own files: it loads nothing from elsewhere. */
export function documentationRoutes({ openApi, asyncApi, publicUrl, services }: Documentation) {
  const documents = services?.documents ?? {};
  const policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
    `connect-src 'self' ${publicUrl}`;
  const html = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
  const script = scriptFor(Object.keys(documents), services?.first);
  return new Elysia({ name: "documentation", detail: { hide: true } })
    .get("/openapi.json", openApi)
    .get("/asyncapi.json", asyncApi)
    .get("/docs", () => new Response(page, { headers: html }))
    .get("/docs/start.js", () => new Response(script, { headers: { "content-type": "text/javascript" } }))
    .get("/docs/documents/:name", ({ params }) => {
      const document = Object.hasOwn(documents, params.name) ? documents[params.name] : undefined;
      if (!document) throw new NotFoundError();
      return document();
    })
    .get("/docs/assets/:name", ({ params }) => {
      const type = Object.hasOwn(assets, params.name) ? assets[params.name] : undefined;
      if (!type) throw new NotFoundError();
      return new Response(Bun.file(Bun.resolveSync(`swagger-ui-dist/${params.name}`, import.meta.dir)), {
        headers: { "content-type": type, "cache-control": "public, max-age=86400" },
      });
    });
}
