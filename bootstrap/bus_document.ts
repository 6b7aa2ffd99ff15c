import type { ServiceName } from "./service_names.ts";

/** The AsyncAPI document of all services, or of one. What it is made of is large, and few processes are ever asked. */
export function describeBus(publicUrl: string, service?: ServiceName): () => Promise<object> {
  let document: Promise<object> | undefined;

  async function describe(): Promise<object> {
    const [{ asyncApiOf }, { kinds }, { questions }] = await Promise.all([
      import("../adapters/asyncapi/mod.ts"),
      import("./distributed/accounts.ts"),
      import("./distributed/questions.ts"),
    ]);
    return asyncApiOf({ services: kinds, questions, publicUrl, ...(service && { service }) });
  }

  return () => {
    document ??= describe();
    return document;
  };
}
