import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { RE2JS } from "re2js";
import type { JsonSchema, JsonSchemas, SchemaFault } from "../../ports/mod.ts";

const largest = 20_000;
const deepest = 12;
const remembered = 200;
const most = 20;
const longestPattern = 200;

/** Keywords of draft 2020-12 with a schema in them, or a list of schemas. */
const nesting = [
  ...["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "prefixItems", "items", "contains"],
  ...["additionalProperties", "propertyNames", "unevaluatedItems", "unevaluatedProperties"],
];
/** Those with schemas by names that are anything. */
const naming = ["properties", "dependentSchemas"];
/** Those that say something themselves. The ones that are in no list reach elsewhere, or cost without bound. */
const plain = [
  ...["type", "enum", "const", "required", "dependentRequired", "minProperties", "maxProperties", "format"],
  ...["minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  ...["minItems", "maxItems", "minContains", "maxContains", "title", "description", "default", "examples"],
  ...["deprecated", "readOnly", "writeOnly", "$comment", "contentEncoding", "contentMediaType"],
];

/** A pattern as ECMAScript reads it, matched in linear time. Throws `SyntaxError` where it is none, or RE2's where that can't be. */
const linear = Object.assign(
  (pattern: string, flags: string) => {
    new RegExp(pattern, flags);
    return RE2JS.compile(RE2JS.translateRegExp(pattern));
  },
  { code: "linear" },
);

/**
 * Schemas that users wrote, by ajv in strict mode: bounded in size and depth, without references, and with patterns that
 * never backtrack. Compiled ones are kept, the oldest leave first.
 */
export function createSchemas(): JsonSchemas {
  const compiled = new Map<string, ValidateFunction>();

  function compile(schema: JsonSchema): ValidateFunction {
    const text = JSON.stringify(schema);
    const known = compiled.get(text);
    if (known) return known;
    // An instance each: ajv keeps what it compiled for as long as it lives.
    const options = { strict: true, allErrors: false, allowUnionTypes: true, validateFormats: true };
    const ajv = new Ajv2020({ ...options, code: { regExp: linear } });
    addFormats.default(ajv, ["date", "date-time", "time", "uri", "uuid", "email"]);
    const validate = ajv.compile({ ...schema });
    const [oldest] = compiled.keys();
    if (compiled.size >= remembered && oldest !== undefined) compiled.delete(oldest);
    compiled.set(text, validate);
    return validate;
  }

  return {
    faultsOfSchema(schema) {
      if (JSON.stringify(schema).length > largest) return [{ pointer: "", detail: "The schema is above 20 kB" }];
      const faults = walk(schema, "", 0);
      if (faults.length > 0) return faults.slice(0, most);
      try {
        compile(schema);
        return [];
      } catch (error) {
        return [{ pointer: "", detail: error instanceof Error ? error.message.slice(0, 300) : "It can't be compiled" }];
      }
    },

    faultsOf(schema, value) {
      const validate = compile(schema);
      return validate(value) ? [] : (validate.errors ?? []).map(faultOf);
    },
  };
}

/** Ajv's messages speak of the schema, never of the value. */
function faultOf({ instancePath, message, params }: ErrorObject): SchemaFault {
  const detail = typeof params.missingProperty === "string" ? `${params.missingProperty} is missing` : message;
  return { pointer: instancePath, detail: detail ?? "It does not fit" };
}

function walk(schema: unknown, pointer: string, depth: number): SchemaFault[] {
  if (depth > deepest) return [{ pointer, detail: `Schemas nest at most ${deepest} levels` }];
  if (Array.isArray(schema)) return schema.flatMap((each, index) => walk(each, `${pointer}/${index}`, depth + 1));
  return entriesOf(schema).flatMap(([keyword, value]) => {
    const here = below(pointer, keyword);
    if (nesting.includes(keyword)) return walk(value, here, depth + 1);
    if (naming.includes(keyword)) {
      return entriesOf(value).flatMap(([name, each]) => walk(each, below(here, name), depth + 2));
    }
    if (keyword === "pattern") return patternFaults(value, here);
    return plain.includes(keyword) ? [] : [{ pointer: here, detail: "The keyword is not supported" }];
  });
}

function patternFaults(pattern: unknown, pointer: string): SchemaFault[] {
  if (typeof pattern !== "string") return [{ pointer, detail: "A pattern is text" }];
  if (pattern.length > longestPattern)
    return [{ pointer, detail: `A pattern has at most ${longestPattern} characters` }];
  try {
    linear(pattern, "u");
    return [];
  } catch {
    return [{ pointer, detail: "The pattern is not well formed, or looks around or back" }];
  }
}

/** What is no record is for ajv to judge. */
function entriesOf(schema: unknown): [string, unknown][] {
  return typeof schema === "object" && schema !== null ? Object.entries(schema) : [];
}

function below(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
