import { FormatRegistry } from "elysia/type-system";
import { parseAmount } from "../../domains/shared/mod.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/**
 * Sets what the formats of our schemas mean: RFC 9562, RFC 3339, an amount in base units. Elysia's own take dates of any spelling,
 * and `@elysiajs/openapi` puts checks in their place that cost more than all the rest of a request.
 */
export function setFormats(): void {
  FormatRegistry.Set("uuid", (text) => uuid.test(text));
  FormatRegistry.Set("date-time", (text) => dateTime.test(text) && !Number.isNaN(Date.parse(text)));
  FormatRegistry.Set("uint256", (text) => parseAmount(text) !== undefined);
}
