import type { JsonSchema } from "../../ports/mod.ts";

/** Keywords whose value is data, not schemas. */
const data = new Set(["const", "enum", "examples", "default", "required"]);
/** Keywords with schemas by names that are anything. */
const naming = new Set(["properties", "patternProperties"]);

/** Gathers the schemas that have a title: each stands once among the document's components, and is referred to. */
export function createComponents() {
  const schemas = new Map<string, JsonSchema>();
  const texts = new Map<string, string>();

  function referred(schema: JsonSchema): JsonSchema {
    const { title } = schema;
    if (typeof title !== "string") return within(schema);
    const [text, known] = [JSON.stringify(schema), texts.get(title)];
    if (known !== undefined && known !== text) throw new RangeError(`Cannot describe two schemas as "${title}"`);
    texts.set(title, text);
    if (known === undefined) schemas.set(title, within(schema));
    return { $ref: `#/components/schemas/${title}` };
  }

  function within(schema: JsonSchema): JsonSchema {
    return mapped(schema, (part, keyword) => {
      if (data.has(keyword)) return part;
      if (Array.isArray(part)) return part.map((each) => (isSchema(each) ? referred(each) : each));
      if (!isSchema(part)) return part;
      return naming.has(keyword) ? mapped(part, (each) => referred(each as JsonSchema)) : referred(part);
    });
  }

  return {
    referred,
    /** Adds a schema under a name of its own. */
    add(name: string, schema: JsonSchema): JsonSchema {
      schemas.set(name, within(schema));
      return { $ref: `#/components/schemas/${name}` };
    },
    all: () => Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

export type Components = ReturnType<typeof createComponents>;

/** An example of what a schema describes, from the examples of its parts. */
export function exampleOf(schema: JsonSchema): unknown {
  const { examples, const: constant, enum: words, anyOf, type, properties, items } = schema;
  if (constant !== undefined) return constant;
  const [first] = [examples, words, anyOf].flatMap((each) => (Array.isArray(each) ? [each] : []));
  if (first) return first === anyOf ? exampleOf(first[0]) : first[0];
  switch (type) {
    case "object":
      return mapped((properties ?? {}) as JsonSchema, (each) => exampleOf(each as JsonSchema));
    case "array":
      return isSchema(items) ? [exampleOf(items)] : [];
    case "boolean":
      return true;
    case "integer":
    case "number":
      return 1;
    case "string":
      return "text";
    default:
      return {};
  }
}

function mapped(schema: JsonSchema, each: (part: unknown, name: string) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, each(part, name)]));
}

function isSchema(part: unknown): part is JsonSchema {
  return typeof part === "object" && part !== null && !Array.isArray(part);
}
