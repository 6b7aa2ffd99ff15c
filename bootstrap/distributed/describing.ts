import { type TSchema, t } from "elysia";
import type { JsonSchema } from "../../ports/mod.ts";

/** A question: its request is checked where it is answered, its reply is what its asker may count on. */
export type Question<Request extends TSchema = TSchema> = {
  readonly summary: string;
  readonly request: Request;
  readonly reply: JsonSchema;
};

export function question<Request extends TSchema>(summary: string, request: Request, reply: JsonSchema) {
  return { summary, request, reply } satisfies Question<Request>;
}

/** With these fields and no others. */
export function asking<Fields extends Readonly<Record<string, TSchema>>>(fields: Fields) {
  return t.Object<Fields>(fields, { additionalProperties: false });
}

export const nothing = asking({});

export function text(maxLength: number, example: string, description?: string) {
  return t.String({ maxLength, examples: [example], ...(description !== undefined && { description }) });
}

export const id = t.String({ format: "uuid", examples: ["019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55"] });
export const hex64 = t.String({ pattern: "^[0-9a-f]{64}$", examples: ["5c".repeat(32)] });

export function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: "null" }] };
}

export function listOf(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

export function pageOf(items: JsonSchema): JsonSchema {
  const next = {
    type: "string",
    description: "Ask with it as `after` for the page that follows",
    examples: ["WyIxIl0"],
  };
  return { type: "object", properties: { items: listOf(items), next }, required: ["items"] };
}
