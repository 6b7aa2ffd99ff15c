export type Route = { readonly method: string; readonly path: string };

/** Which methods a path has, for answering 405: the router itself only says "not found". */
export function createMethods() {
  let table: readonly { readonly pattern: RegExp; readonly method: string }[] | undefined;
  return {
    at(routes: readonly Route[], path: string): readonly string[] {
      table ??= routes.map(({ method, path: pattern }) => ({ method, pattern: patternOf(pattern) }));
      return [...new Set(table.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].toSorted();
    },
  };
}

function patternOf(path: string): RegExp {
  const literal = path.replace(/\/$/, "").replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replace(/\/:[^/]+/g, "/[^/]+").replace("*", ".*")}/?$`);
}
