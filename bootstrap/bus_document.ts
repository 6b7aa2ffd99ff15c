import { asyncApiOf } from "../adapters/asyncapi/mod.ts";
import { kinds } from "./distributed/accounts.ts";
import { questions } from "./distributed/questions.ts";
import type { ServiceName } from "./services.ts";

/** The AsyncAPI document of all services, or of one: made at the first question. */
export function describeBus(publicUrl: string, service?: ServiceName): () => object {
  let document: object | undefined;
  return () => {
    document ??= asyncApiOf({ services: kinds, questions, publicUrl, ...(service && { service }) });
    return document;
  };
}
