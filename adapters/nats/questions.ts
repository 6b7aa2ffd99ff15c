import { headers, type Msg } from "@nats-io/transport-node";
import type { Asked, Questions } from "../../ports/messaging.ts";
import { BusUnreachable, Fault, type Log, QuestionFailed, ServiceUnreachable } from "../../ports/mod.ts";
import { asFault, nobodyListens } from "./_faults.ts";
import { type ServiceIdentity, startService } from "./_service.ts";
import { defaultRoot, questionSubject } from "./_subjects.ts";
import type { Connection } from "./connection.ts";

export type QuestionsOptions = {
  readonly connection: Connection;
  /** The service that this process is, as discovery shows it. */
  readonly service: ServiceIdentity;
  /** The first word of subjects. Default: `lucent`. */
  readonly root?: string;
  readonly log: Log;
};

/** A replica that discovery found. */
export type Discovered = {
  readonly name: string;
  readonly id: string;
  readonly version: string;
  readonly metadata: Readonly<Record<string, string>>;
};

export type NatsQuestions = Questions &
  AsyncDisposable & {
    /** Every replica of a service that answers now. */
    discover(service: string): Promise<readonly Discovered[]>;
    /** What discovery tells of this replica from now on: where it serves HTTP, say. */
    announce(metadata: Readonly<Record<string, string>>): void;
  };

const answersWithin = 2_000;
const longestAnswer = 600_000;
const discoveredWithin = 1_000;
/** More than this at once would only wait: whoever asks is told so, and another replica may have room. */
const atOnce = 256;
const unavailable = 503;
const failed = 500;
const names = {
  error: "Nats-Service-Error",
  code: "Nats-Service-Error-Code",
  correlation: "X-Correlation-Id",
  within: "Lucent-Within",
};

/** Questions between services by request and reply; they are found, pinged and counted by the NATS services framework. */
export function createQuestions({ connection, service, root = defaultRoot, log }: QuestionsOptions): NatsQuestions {
  const { nats } = connection;
  const registered = startService(nats, service);
  const answering = new Set<AsyncDisposable>();
  let underWay = 0;

  async function ask(
    question: string,
    about: unknown,
    options: Parameters<Questions["ask"]>[2] = {},
  ): Promise<unknown> {
    const { within = answersWithin, correlation } = options;
    const doing = `Cannot ask ${question}`;
    const all = headers();
    all.set(names.within, `${within}`);
    if (correlation !== undefined) all.set(names.correlation, correlation);
    let reply: Msg;
    try {
      const request = { timeout: within, headers: all };
      reply = await nats.request(questionSubject(root, question), JSON.stringify(about ?? null), request);
    } catch (error) {
      const fault = asFault(error, doing);
      throw fault instanceof BusUnreachable ? new ServiceUnreachable(fault.message, { cause: error }) : fault;
    }
    const code = Number(reply.headers?.get(names.code) ?? 0);
    if (code === 0) return reply.json();
    const told = `${doing}: ${reply.headers?.get(names.error)}`;
    throw code === unavailable ? new ServiceUnreachable(told) : new QuestionFailed(told);
  }

  /** Answers what went wrong, where something did. */
  async function respond(question: string, handler: Parameters<Questions["answer"]>[1], message: Msg) {
    const correlation = message.headers?.get(names.correlation) || undefined;
    const within = patienceOf(message);
    const asked: Asked = { signal: AbortSignal.timeout(within), ...(correlation !== undefined && { correlation }) };
    underWay++;
    try {
      if (underWay > atOnce) throw new ServiceUnreachable("It has too much to answer at the moment");
      message.respond(JSON.stringify((await handler(parse(message), asked)) ?? null));
      return undefined;
    } catch (error) {
      log(`Cannot answer ${question}`, { error, ...(correlation !== undefined && { correlation }) });
      return refuse(message, error);
    } finally {
      underWay--;
    }
  }

  return {
    ask,
    announce: registered.announce,
    answer(name, handler) {
      const question = `${service.name}.${name}`;
      const endpoint = { name: name.replaceAll(".", "-"), subject: questionSubject(root, question) };
      const handle = registered.addEndpoint(endpoint, (message) => respond(question, handler, message));
      answering.add(handle);
      return {
        async [Symbol.asyncDispose]() {
          answering.delete(handle);
          await handle[Symbol.asyncDispose]();
        },
      };
    },
    async discover(wanted) {
      const found: Discovered[] = [];
      try {
        const replies = await nats.requestMany(`$SRV.PING.${wanted}`, "", {
          strategy: "stall",
          maxWait: discoveredWithin,
        });
        for await (const reply of replies) if (reply.data.length > 0) found.push(reply.json<Discovered>());
      } catch (error) {
        if (!nobodyListens(error)) throw asFault(error, "Cannot discover services");
      }
      return found;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...answering].map((each) => each[Symbol.asyncDispose]()));
      await registered[Symbol.asyncDispose]();
    },
  };
}

/** How long the asker waits, in milliseconds; whatever they say, no longer than an answer may be sent. */
function patienceOf(message: Msg): number {
  const told = Number(message.headers?.get(names.within));
  return told > 0 ? Math.min(told, longestAnswer) : answersWithin;
}

function parse(message: Msg): unknown {
  try {
    return message.json();
  } catch (cause) {
    throw new QuestionFailed("The question is no JSON", { cause });
  }
}

/** Tells a fault as it is; of our own mistakes no more than that there was one. */
function refuse(message: Msg, error: unknown): string {
  const told = error instanceof Fault ? error.message : "It failed by a mistake of its own";
  const all = headers();
  all.set(names.code, `${error instanceof Fault && error.retryable ? unavailable : failed}`);
  all.set(names.error, told.replaceAll(/\s+/g, " "));
  message.respond("", { headers: all });
  return told;
}
