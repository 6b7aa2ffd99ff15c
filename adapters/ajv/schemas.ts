import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { JsonSchema, JsonSchemas, SchemaFault } from "../../ports/mod.ts";

const largest = 20_000;
const deepest = 12;
const remembered = 200;
const most = 20;

/** Keywords that would reach elsewhere, or cost without bound. */
const refused = [
  "$ref",
  "$dynamicRef",
  "$id",
  "$anchor",
  "$dynamicAnchor",
  "$schema",
  "patternProperties",
  "uniqueItems",
];

/**
 * Schemas that users wrote, by ajv in strict mode: bounded in size and depth, without references, and with patterns that
 * can't backtrack for long. Compiled ones are kept, the oldest leave first.
 */
export function createSchemas(): JsonSchemas {
  const compiled = new Map<string, ValidateFunction>();

  function compile(schema: JsonSchema): ValidateFunction {
    const text = JSON.stringify(schema);
    const known = compiled.get(text);
    if (known) return known;
    // An instance each: ajv keeps what it compiled for as long as it lives.
    const ajv = new Ajv2020({ strict: true, allErrors: false, allowUnionTypes: true, validateFormats: true });
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
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const here = `${pointer}/${keyword.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (refused.includes(keyword) && !pointer.endsWith("/properties")) {
      return [{ pointer: here, detail: `The keyword ${keyword} is not supported` }];
    }
    if (keyword === "pattern" && typeof value === "string" && !isTame(value)) {
      return [{ pointer: here, detail: "The pattern repeats a repetition, or is above 200 characters" }];
    }
    return walk(value, here, depth + 1);
  });
}

/** Exponential patterns repeat a group that repeats or chooses, or refer back: none of that is needed to describe a field. */
function isTame(pattern: string): boolean {
  if (pattern.length > 200 || /\\[1-9]|\\k</.test(pattern)) return false;
  const bare = pattern.replace(/\\./g, "x").replace(/\[[^\]]*\]/g, "x");
  return !/\([^)]*[*+{|][^)]*\)\s*[*+{]/.test(bare) && !/\)\)[*+{]/.test(bare);
}
