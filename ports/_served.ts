import type { Index, Query, Range } from "./query.ts";

type Indexed = { readonly name: string; readonly indexes: readonly Index[] };

/** The field that the query has a range of, if any. Throws where no index serves the query. */
export function rangedField({ name, indexes }: Indexed, where: Query["where"]): string | undefined {
  const fields = Object.keys(where);
  const ranged = fields.filter((field) => isRange(where[field]));
  const serves = (index: Index) =>
    index.length === fields.length &&
    index.every((field) => field in where) &&
    (ranged.length === 0 || (ranged.length === 1 && index.at(-1) === ranged[0]));
  if (fields.length === 0 || indexes.some(serves)) return ranged[0];
  throw new Error(`Cannot find in ${name} by ${fields.join(", ")}: there is no index of just these fields`);
}

export function isRange(wanted: Query["where"][string] | undefined): wanted is Range {
  return typeof wanted === "object" && !Array.isArray(wanted);
}
