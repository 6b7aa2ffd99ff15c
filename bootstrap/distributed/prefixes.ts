import type { AnyElysia } from "elysia";

/** The beginnings of a service's paths, for the gateway: `/v1/wallets`, `/.well-known/jwks.json`, its own part of operations. */
export function prefixesOf(service: string, routes: readonly AnyElysia[]): readonly string[] {
  const paths = routes.flatMap((each) => each.routes.map(({ path }) => path.replace("/:service/", `/${service}/`)));
  return [...new Set(paths.map(prefixOf))].toSorted();
}

function prefixOf(path: string): string {
  const [, first = "", second = "", third = ""] = path.split("/");
  return second === "operations" ? `/${first}/${second}/${third}` : `/${first}/${second}`;
}
