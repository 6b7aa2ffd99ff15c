import specification from "@asyncapi/specs/schemas/3.0.0.json" with { type: "json" };
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

export type Document = {
  readonly channels: Readonly<Record<string, { readonly address: string | null; readonly messages: object }>>;
  readonly operations: Readonly<Record<string, { readonly action: string }>>;
  readonly components: {
    readonly messages: Readonly<
      Record<string, { readonly examples?: readonly { readonly headers?: object; readonly payload?: unknown }[] }>
    >;
    readonly schemas: object;
  };
};

// The specification brings the metaschema of draft 7 along: ajv must not have its own.
const unchecked = { meta: false, validateSchema: false };

/** What AsyncAPI's own JSON Schema finds wrong with a document. */
export function faultsOf(document: object): readonly object[] {
  const ajv = new Ajv({ ...unchecked, strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile(specification);
  return validate(document) ? [] : (validate.errors ?? []);
}

/** Judges payloads and headers by the schemas that stand in a document: undefined where nothing is wrong. */
export function createJudge(document: object) {
  const ajv = new Ajv2020({ strict: false, discriminator: false });
  addFormats.default(ajv);
  ajv.addSchema(document, "document");
  return (message: string, part: "payload" | "headers", value: unknown): string | undefined => {
    const validate = ajv.getSchema(`document#/components/messages/${message}/${part}`);
    if (!validate) throw new RangeError(`The document has no ${part} of ${message}`);
    return validate(value) ? undefined : `${message} ${part}: ${ajv.errorsText(validate.errors)}`;
  };
}

/** Every reference of a document that leads nowhere. */
export function danglingIn(document: object): readonly string[] {
  const references = new Set<string>();
  const find = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    if ("$ref" in part && typeof part.$ref === "string") references.add(part.$ref);
    for (const each of Object.values(part)) find(each);
  };
  find(document);
  return [...references].filter((reference) => {
    const path = reference.replace(/^#\//, "").split("/");
    return (
      path.reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document) === undefined
    );
  });
}
