/** A document of JSON Schema 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** What is wrong with a value, by JSON pointer (RFC 6901); `detail` never repeats the value. */
export type SchemaFault = { readonly pointer: string; readonly detail: string };

/** Checks values against schemas that users wrote: bounded, without references to elsewhere. */
export interface JsonSchemas {
  /** What is wrong with the schema itself; empty for a good one. */
  faultsOfSchema(schema: JsonSchema): readonly SchemaFault[];
  /** What is wrong with the value; empty for a good one. The schema is a good one. */
  faultsOf(schema: JsonSchema, value: unknown): readonly SchemaFault[];
}

/** SHA-256 of a value's canonical JSON (RFC 8785), as lower-case hex: equal values, equal digests. */
export type Digest = (value: unknown) => string;
