import type { Recorded } from "./records.ts";

/** Where an aggregate heard of another one's events in another order than they happened in. */
export function orderFaults(events: readonly Pick<Recorded, "id" | "kind" | "aggregate" | "key">[]): readonly string[] {
  const heard = events.flatMap(({ id, kind, aggregate, key }) => {
    const [cause = ""] = key?.split("#") ?? [];
    const source = cause.slice(0, cause.lastIndexOf("/"));
    const line = { by: `${kind}/${aggregate} of ${source}`, revision: lastNumber(id), cause: lastNumber(cause) };
    return key === undefined ? [] : [line];
  });
  return [...Map.groupBy(heard, ({ by }) => by)].flatMap(([by, lines]) => {
    const causes = lines.toSorted((a, b) => a.revision - b.revision).map(({ cause }) => cause);
    return causes.every((cause, place) => cause >= (causes[place - 1] ?? 0))
      ? []
      : [`Out of order: ${by} heard ${causes.join(", ")}`];
  });
}

function lastNumber(id: string): number {
  return Number(id.slice(id.lastIndexOf("/") + 1));
}
