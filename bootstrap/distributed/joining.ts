import { setTimeout } from "node:timers/promises";
import { type Connection, connectToNats, createQuestions, type NatsQuestions } from "../../adapters/nats/mod.ts";
import type { Log } from "../../ports/mod.ts";
import type { Distribution } from "../config.ts";

const version = "1.0.0";

/** Connects a process to the others. */
export function joinNats({ nats, service, authority }: Distribution, password: string, log: Log): Promise<Connection> {
  const secure = nats.some((url) => url.startsWith("tls:"));
  return connectToNats({
    urls: nats,
    name: service,
    credentials: { user: service, password },
    ...(secure && { tls: authority === undefined ? {} : { caFile: authority } }),
    log,
  });
}

/** Asks and answers in a process's name. */
export function joinQuestions({ service }: Distribution, connection: Connection, log: Log): NatsQuestions {
  const description = `Lucent's ${service} ${service === "gateway" ? "" : "service"}`.trim();
  return createQuestions({ connection, service: { name: service, version, description }, log });
}

/** Longer than the gateway takes to hear that a replica leaves. */
const farewell = 2_500;

/** Tells the gateway where a replica serves. Disposing takes that back, and gives the gateway the time to hear of it. */
export function announced(questions: NatsQuestions, where: Readonly<Record<string, string>>): AsyncDisposable {
  questions.announce(where);
  return {
    async [Symbol.asyncDispose]() {
      questions.announce({});
      await setTimeout(farewell);
    },
  };
}
