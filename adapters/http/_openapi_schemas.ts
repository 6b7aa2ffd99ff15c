/** A JSON Schema as the OpenAPI document shows it. */
export type Schema = { [keyword: string]: unknown };

/** What TypeBox writes for its own use, turned into what JSON Schema 2020-12 means. */
export function plainSchema(schema: Schema): Schema {
  if (schema.type === "number" && schema.multipleOf === 1) {
    const { multipleOf: _, ...whole } = schema;
    return plainSchema({ ...whole, type: "integer" });
  }
  if (schema.format === "uint256") {
    // Others do not know our format: its pattern and description tell.
    const { format: _, ...known } = schema;
    return plainSchema(known);
  }
  // `nullable` is OpenAPI 3.0's: the choices have null.
  const { anyOf, default: fallback, nullable: _, ...rest } = schema;
  const choices = Array.isArray(anyOf) ? (anyOf as Schema[]) : undefined;
  const number = choices?.find(({ type }) => type === "integer" || type === "number");
  // Query numbers come as "text or number": over HTTP there is only the number.
  if (choices && number && choices.every((each) => isText(each) || each.type === number.type)) {
    return plainSchema({ ...rest, ...number });
  }
  // A union of constants is an enumeration.
  if (choices && choices.length > 0 && choices.every((choice) => typeof choice.const === "string")) {
    return { ...rest, type: "string", enum: choices.map((choice) => choice.const) };
  }
  const plain: Schema = { ...rest, ...(fallback !== undefined && { default: fallback }) };
  if (choices) plain.anyOf = choices.map(plainSchema);
  for (const [keyword, value] of Object.entries(plain)) {
    if (keyword === "properties") plain.properties = mapValues(value as Record<string, Schema>, plainSchema);
    else if (isSchema(value) && ["items", "additionalProperties", "not"].includes(keyword))
      plain[keyword] = plainSchema(value);
    else if (["allOf", "oneOf"].includes(keyword)) plain[keyword] = (value as Schema[]).map(plainSchema);
  }
  return plain;
}

function isText({ type, const: constant }: Schema): boolean {
  return type === "string" && constant === undefined;
}

/** An example of what the schema describes, from the examples of its parts. */
export function exampleOf(schema: Schema): unknown {
  const { examples, default: fallback, const: constant, enum: values, anyOf, oneOf, allOf, type, format } = schema;
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  if (constant !== undefined) return constant;
  if (fallback !== undefined) return fallback;
  if (Array.isArray(values)) return values[0];
  const [choice] = (anyOf ?? oneOf ?? []) as Schema[];
  if (choice) return exampleOf(choice);
  if (Array.isArray(allOf)) return Object.assign({}, ...allOf.map((each) => exampleOf(each as Schema)));
  if (type === "object") return mapValues((schema.properties ?? {}) as Record<string, Schema>, exampleOf);
  if (type === "array") return isSchema(schema.items) ? [exampleOf(schema.items)] : [];
  if (type === "integer" || type === "number") return Number(schema.minimum ?? 1);
  if (type === "boolean") return true;
  if (type === "null") return null;
  if (type === "string") return exampleText(schema, format);
  return {};
}

function exampleText({ minLength }: Schema, format: unknown): string {
  if (format === "uuid") return "019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55";
  if (format === "date-time") return "2026-11-23T01:30:00.000Z";
  return "text".padEnd(Number(minLength ?? 0), "t");
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapValues<T>(record: Record<string, Schema>, each: (schema: Schema) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, schema]) => [name, each(schema)]));
}
