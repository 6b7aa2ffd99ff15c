/**
 * JSON Schema 2020-12, by ajv.
 *
 * @module
 */
export { createSchemas } from "./schemas.ts";
