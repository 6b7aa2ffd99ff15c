import type { Problem } from "./problems.ts";

/** How a route is told in the OpenAPI document; `problems` become its error responses. */
export function docs(
  operationId: string,
  summary: string,
  problems: Record<string, Problem> = {},
  description?: string,
) {
  return { operationId, summary, ...(description && { description }), "x-problems": problems };
}
