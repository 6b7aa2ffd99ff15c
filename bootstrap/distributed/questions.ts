import { createSchemas } from "../../adapters/ajv/mod.ts";
import type { Questions } from "../../ports/messaging.ts";
import { QuestionFailed } from "../../ports/mod.ts";
import { type ServiceName, serviceNames } from "../service_names.ts";
import { accounts, kinds } from "./accounts.ts";
import type { Question } from "./describing.ts";
import { domainQuestions } from "./domain_questions.ts";
import { recordQuestions } from "./record_questions.ts";

/** The answers of a service by the question's name, given what its request says. */
export type Answers = Readonly<Record<string, (about: never) => Promise<unknown>>>;

const asked = new Set(Object.values(accounts).flatMap(({ asks = [] }) => asks));

/** Every question that some account may ask, by `<service>.<name>`. */
export const questions: Readonly<Record<string, Question>> = Object.fromEntries(
  [...Object.entries<Question>(domainQuestions), ...serviceNames.flatMap(recordsOf)].filter(([name]) =>
    asked.has(name),
  ),
);

function recordsOf(service: ServiceName): readonly (readonly [string, Question])[] {
  const { history, ...rest } = recordQuestions;
  return [
    ...kinds[service].publishes.map((kind) => [`${service}.history.${kind}`, history] as const),
    ...Object.entries<Question>(rest).map(([name, each]) => [`${service}.${name}`, each] as const),
  ];
}

/** Answers a service's questions until disposed: those that may be asked, in the form that the table says. */
export function answerAll(service: ServiceName, answers: Answers, { answer }: Pick<Questions, "answer">) {
  const schemas = createSchemas();
  const answering = new AsyncDisposableStack();
  for (const [name, handle] of Object.entries(answers)) {
    const described = questions[`${service}.${name}`];
    if (!described) continue;
    answering.use(
      answer(name, async (about) => {
        const [fault] = schemas.faultsOf(described.request, about);
        if (fault) throw new QuestionFailed(`${fault.pointer || "The request"}: ${fault.detail}`);
        return handle(about as never);
      }),
    );
  }
  return answering;
}
