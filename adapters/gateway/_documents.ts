import type { Log } from "../../ports/mod.ts";
import { type Directory, keyOf } from "./_directory.ts";
import type { OpenApiDocument } from "./merge_openapi.ts";

const patience = 5_000;

/** Asks one replica of each service for its `/openapi.json`. A process's document never changes, and outlives it here. */
export function createDocuments(directory: Directory, log: Log) {
  const known = new Map<string, { readonly of: string; readonly document: OpenApiDocument }>();

  return async (): Promise<Readonly<Record<string, OpenApiDocument>>> => {
    await directory.ready;
    const services = Map.groupBy(directory.replicas(), ({ service }) => service);
    await Promise.all(
      [...services].map(async ([service, replicas]) => {
        const last = known.get(service);
        if (replicas.some((replica) => keyOf(replica) === last?.of)) return;
        for (const replica of replicas) {
          try {
            known.set(service, { of: keyOf(replica), document: await documentAt(replica.url) });
            return;
          } catch (error) {
            log("Cannot read an OpenAPI document", { service, replica: replica.id, error });
          }
        }
      }),
    );
    return Object.fromEntries([...known].map(([service, { document }]) => [service, document]));
  };
}

async function documentAt(url: string): Promise<OpenApiDocument> {
  const answer = await fetch(`${url}/openapi.json`, { signal: AbortSignal.timeout(patience) });
  if (!answer.ok) throw new Error(`Cannot read ${url}/openapi.json: it answered ${answer.status}`);
  return (await answer.json()) as OpenApiDocument;
}
