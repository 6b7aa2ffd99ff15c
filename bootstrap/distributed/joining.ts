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
