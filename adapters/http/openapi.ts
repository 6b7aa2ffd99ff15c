import type { AnyElysia } from "elysia";
import { setFormats } from "./_formats.ts";
import { exampleOf, plainSchema, type Schema } from "./_openapi_schemas.ts";
import { guardProblems } from "./guards.ts";
import { idempotencyProblems } from "./idempotency.ts";
import { commonProblems, type Problem } from "./problems.ts";
import { isLimited } from "./rate_limits.ts";

type Content = Record<string, { schema: Schema; example?: unknown; examples?: unknown }>;
type Response = { description: string; headers?: unknown; content?: Content };
type Parameter = {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
  description?: string;
  example?: unknown;
};
type Operation = {
  operationId: string;
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, Response>;
  security?: unknown;
  "x-problems"?: Record<string, Problem>;
  "x-permission"?: string;
  "x-own"?: string;
  "x-step-up"?: string;
  "x-step-up-for-others"?: string;
  "x-idempotent"?: boolean;
};

const info = {
  title: "Lucent",
  version: "1.0.0",
  description:
    "The backend of a DeFi investment platform. Amounts are decimal strings in base units, assets CAIP-19, accounts CAIP-10, " +
    "networks CAIP-2, times RFC 3339 in UTC. Errors are RFC 9457 problems.",
  license: { name: "Proprietary", identifier: "LicenseRef-Lucent" },
};

const problemSchema: Schema = {
  type: "object",
  required: ["type", "title", "status"],
  properties: {
    type: { type: "string", description: "urn:lucent:problem:<kind>" },
    title: { type: "string" },
    status: { type: "integer" },
    errors: {
      type: "array",
      description: "What is wrong with the input, by JSON pointer",
      items: {
        type: "object",
        properties: { in: { type: "string" }, pointer: { type: "string" }, detail: { type: "string" } },
      },
    },
  },
  additionalProperties: true,
};

const limitHeaders = {
  "Retry-After": { description: "Seconds", schema: { type: "integer" } },
  RateLimit: { description: "What is left (draft-ietf-httpapi-ratelimit-headers)", schema: { type: "string" } },
  "RateLimit-Policy": { description: "Requests a window", schema: { type: "string" } },
};

/** The OpenAPI 3.1 document of the routes: valid, with every error a route may answer, and examples. */
export async function openApiOf(app: AnyElysia, publicUrl: string) {
  const paths = await pathsOf(app);
  return {
    openapi: "3.1.0",
    info,
    servers: [{ url: publicUrl }],
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, operations]) => [
        path,
        Object.fromEntries(
          Object.entries(operations).map(([method, operation]) => [method, normalised(path, method, operation)]),
        ),
      ]),
    ),
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "An access token (`npm run token`)",
        },
      },
      schemas: { Problem: problemSchema },
    },
  };
}

async function pathsOf(app: AnyElysia): Promise<Record<string, Record<string, Operation>>> {
  // It is large, and few processes are ever asked. Loaded, it has set formats of its own.
  const { toOpenAPISchema } = await import("@elysiajs/openapi");
  setFormats();
  const shown = { staticFile: false, paths: [/^\/docs/, /^\/openapi\.json$/, /\*/] };
  return toOpenAPISchema(withoutParsers(app), shown).paths as unknown as Record<string, Record<string, Operation>>;
}

type Listed = { getGlobalRoutes(): readonly { hooks: object }[]; getGlobalDefinitions(): unknown };

/** A parser that is a function, as the root's is, would hide the routes' bodies from the document. */
function withoutParsers(app: AnyElysia): AnyElysia {
  const listed = app as unknown as Listed;
  const routes = listed.getGlobalRoutes().map((route) => ({ ...route, hooks: { ...route.hooks, parse: undefined } }));
  const bare: Listed = { getGlobalRoutes: () => routes, getGlobalDefinitions: () => listed.getGlobalDefinitions() };
  return bare as unknown as AnyElysia;
}

function normalised(path: string, method: string, operation: Operation) {
  const { parameters = [], requestBody, responses, ...rest } = operation;
  const {
    "x-problems": own = {},
    "x-permission": permission,
    "x-own": beyond,
    "x-step-up": stepUp,
    "x-step-up-for-others": forOthers,
    "x-idempotent": idempotent,
    ...told
  } = rest;
  const body = requestBody?.content["application/json"];
  const { "rate-limited": limited } = commonProblems;
  const problems = {
    ...problemsOf(operation, method, parameters.length > 0 || body !== undefined),
    ...(isLimited(path) && { "rate-limited": limited }),
    ...own,
  };
  return {
    ...told,
    description: [told.description, guardText({ permission, beyond, stepUp, forOthers })].filter(Boolean).join("\n\n"),
    security: told.security ?? [],
    parameters: [...parameters.map(parameter), ...headerParameters(stepUp ?? forOthers, idempotent)],
    ...(body && { requestBody: { required: true, content: { "application/json": withExample(body.schema) } } }),
    responses: { ...successes(responses), ...errors(problems) },
  };
}

const toldDigest = ": without one, the answer names the digest to sign.";

function guardText({
  permission,
  beyond,
  stepUp,
  forOthers,
}: Record<"permission" | "beyond" | "stepUp" | "forOthers", string | undefined>): string {
  return [
    permission && `Needs the permission \`${permission}\`.`,
    beyond && `For what is yours; anyone's with the permission \`${beyond}\`.`,
    stepUp && `Needs a step-up for the action \`${stepUp}\`${toldDigest}`,
    forOthers && `For someone else's it needs a step-up for the action \`${forOthers}\`${toldDigest}`,
  ]
    .filter(Boolean)
    .join(" ");
}

function problemsOf(operation: Operation, method: string, takesInput: boolean): Record<string, Problem> {
  const {
    "bad-cursor": badCursor,
    "unreadable-body": unreadable,
    "body-too-deep": deep,
    "body-too-large": large,
    "unsupported-media-type": media,
    "invalid-request": invalid,
    internal,
    unavailable,
  } = commonProblems;
  const { unauthenticated, forbidden, "step-up-needed": stepUpNeeded } = guardProblems;
  const paged = operation.parameters?.some(({ name }) => name === "after");
  return {
    ...(operation.security !== undefined && { unauthenticated }),
    ...((operation["x-permission"] || operation["x-own"]) && { forbidden }),
    ...((operation["x-step-up"] || operation["x-step-up-for-others"]) && { "step-up-needed": stepUpNeeded }),
    ...(operation["x-idempotent"] && idempotencyProblems),
    ...(paged && { "bad-cursor": badCursor }),
    ...(method !== "get" && {
      "unreadable-body": unreadable,
      "body-too-deep": deep,
      "body-too-large": large,
      "unsupported-media-type": media,
    }),
    ...(takesInput && { "invalid-request": invalid }),
    internal,
    unavailable,
  };
}

function parameter({ schema, ...rest }: Parameter): Parameter {
  const plain = plainSchema(schema);
  const { description, ...bare } = plain;
  return { ...rest, ...(typeof description === "string" && { description }), schema: bare };
}

function headerParameters(stepUp: string | undefined, idempotent: boolean | undefined): Parameter[] {
  const header = (name: string, required: boolean, description: string): Parameter => ({
    ...{ name, in: "header", required, description },
    schema: { type: "string" },
  });
  return [
    ...(stepUp ? [header("Lucent-Step-Up", false, "A step-up of `POST /v1/auth/step-ups`, used once")] : []),
    ...(idempotent
      ? [header("Idempotency-Key", true, "Any text of your own; a retry with it does nothing twice")]
      : []),
  ];
}

function successes(responses: Record<string, Response>): Record<string, Response> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, { content }]) => {
      const schema = content?.["application/json"]?.schema;
      const description =
        status === "204" ? "Done" : status === "202" ? "Accepted" : status === "201" ? "Made" : "Answered";
      return [status, { description, ...(schema && { content: { "application/json": withExample(schema) } }) }];
    }),
  );
}

function withExample(given: Schema) {
  const schema = plainSchema(given);
  return { schema, example: exampleOf(schema) };
}

function errors(problems: Record<string, Problem>): Record<string, Response> {
  const byStatus = Map.groupBy(Object.entries(problems), ([, { status }]) => String(status));
  return Object.fromEntries(
    [...byStatus].map(([status, kinds]) => [
      status,
      {
        description: kinds.map(([, { title }]) => title).join(". "),
        ...(kinds.some(([kind]) => kind === "rate-limited") && { headers: limitHeaders }),
        content: {
          "application/problem+json": {
            schema: { $ref: "#/components/schemas/Problem" },
            examples: Object.fromEntries(
              kinds.map(([kind, problem]) => [kind, { value: { type: `urn:lucent:problem:${kind}`, ...problem } }]),
            ),
          },
        },
      },
    ]),
  );
}
