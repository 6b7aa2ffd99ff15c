import { createComponents } from "./_components.ts";
import { describeKind, kindNamed, operationsOf } from "./_events.ts";
import { type DescribedQuestion, describeQuestion } from "./_questions.ts";

/** The kinds whose events a service sends, and those that it reads. */
export type ServiceOnBus = { readonly publishes: readonly string[]; readonly consumes: readonly string[] };

export type AsyncApiOptions = {
  readonly services: Readonly<Record<string, ServiceOnBus>>;
  /** By `<service>.<name>`: `wallet.balances`. */
  readonly questions: Readonly<Record<string, DescribedQuestion>>;
  /** Where the REST face is told of. */
  readonly publicUrl?: string;
  /** The one service whose document it is; all by default. */
  readonly service?: string;
};

const description =
  "What Lucent's services tell and ask each other over NATS. Events are CloudEvents 1.0 in binary mode: attributes in headers, " +
  "JSON in the body; a stream a kind, at least once, in the order of each aggregate. Amounts are decimal strings in base " +
  "units, assets CAIP-19, accounts CAIP-10, networks CAIP-2, times RFC 3339 in UTC. Where all services run in one process, " +
  "the same events stay within it.";

const parameters = {
  aggregate: {
    description:
      "The aggregate's id as one token of a subject: what a token can't have is percent-encoded, and a long id is `sha256:<hex>`",
  },
};

/**
 * The AsyncAPI 3.0 document of what services send, receive and answer, with schemas and examples. Throws `RangeError` for a
 * service that is not among them, or a kind whose events nobody has described.
 */
export function asyncApiOf({ services, questions, publicUrl, service }: AsyncApiOptions) {
  const told = Object.entries(services).filter(([name]) => service === undefined || name === service);
  if (told.length === 0) throw new RangeError(`Cannot describe "${service}": there is no such service`);
  const components = createComponents();
  const names = new Set(told.flatMap(([, { publishes, consumes }]) => [...publishes, ...consumes]));
  const kinds = [...names].sort().map(kindNamed);
  const answered = Object.entries(questions)
    .filter(([question]) => told.some(([name]) => question.startsWith(`${name}.`)))
    .map(([question, described]) => ({ question, ...describeQuestion(question, described, components) }));
  const described = [...kinds.map((kind) => describeKind(kind, components)), ...answered];
  const operations = told.flatMap(([name, { publishes, consumes }]) => [
    ...publishes.flatMap((kind) => operationsOf(name, "send", kindNamed(kind))),
    ...consumes.flatMap((kind) => operationsOf(name, "receive", kindNamed(kind))),
  ]);
  return {
    asyncapi: "3.0.0",
    info: {
      ...{ title: service === undefined ? "Lucent" : `Lucent: ${service}`, version: "1.0.0", description },
      license: { name: "Proprietary" },
      tags: [...kinds.map(({ kind, about }) => ({ name: kind, description: about })), { name: "questions" }],
      ...(publicUrl !== undefined && { externalDocs: { description: "The REST face", url: `${publicUrl}/docs` } }),
    },
    defaultContentType: "application/json",
    servers: {
      nats: {
        ...{ host: "{address}", protocol: "nats", description: "NATS with JetStream; a user a service" },
        variables: { address: { description: "As `LUCENT_NATS_URL` says", default: "127.0.0.1:4222" } },
        security: [{ $ref: "#/components/securitySchemes/user" }],
      },
    },
    channels: merged(described.map(({ channels }) => channels)),
    operations: {
      ...Object.fromEntries(operations),
      ...Object.fromEntries(answered.map(({ question, operation }) => [`${question}.answers`, operation])),
    },
    components: {
      messages: merged(described.map(({ messages }) => messages)),
      ...{ schemas: components.all(), parameters },
      securitySchemes: { user: { type: "userPassword" } },
    },
  };
}

function merged(all: readonly object[]): Readonly<Record<string, unknown>> {
  return Object.assign({}, ...all);
}
