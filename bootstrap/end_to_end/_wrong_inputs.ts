/**
 * Wrong inputs for the routes of an OpenAPI document: for every body its example with one thing wrong at a time, and what can
 * be wrong with any request.
 *
 * @module
 */
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

type Schema = Readonly<Record<string, unknown>>;
type Parameter = { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: Schema };

export type Operation = {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: { readonly "application/json": { readonly schema: Schema; readonly example: unknown } };
  };
  readonly responses: Readonly<Record<string, unknown>>;
};

export type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: unknown;
};

/** One request that no route may take. */
export type WrongRequest = {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Text that no answer may repeat. */
export const canary = "canary-7f3a";

/** An id of the right form that names nothing. */
export const strangeId = "01a20cc8-c851-75b8-83ea-239cc0d30f5e";

const json = { "content-type": "application/json" };
const wrongValues: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  canary,
  "",
  [],
  [canary],
  {},
  { canary },
  "9".repeat(100),
];

const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: false }));

export function wrongRequests(path: string, method: string, operation: Operation): readonly WrongRequest[] {
  const target = { method: method.toUpperCase(), path: pathOf(path, operation) };
  return [
    ...wrongBodies(target, operation),
    ...wrongQueries(target, operation),
    ...wrongPaths(path, target, operation),
  ];
}

/** The path with example parameters in it. */
export function pathOf(path: string, { parameters = [] }: Operation): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const schema = parameters.find((each) => each.in === "path" && each.name === name)?.schema ?? {};
    const [example = strangeId] = (schema.examples as string[] | undefined) ?? [];
    return encodeURIComponent(schema.format === "uuid" ? strangeId : String(example));
  });
}

function wrongBodies(target: Pick<WrongRequest, "method" | "path">, { requestBody }: Operation): WrongRequest[] {
  if (!requestBody) return [];
  const { schema, example } = requestBody.content["application/json"];
  const takes = ajv.compile(schema);
  const send = (what: string, body: unknown) => ({ ...target, what, body: JSON.stringify(body), headers: json });
  const changed = mutations(example).filter(([, body]) => !takes(body));
  return [
    ...changed.map(([what, body]) => send(what, body)),
    send("a huge text in an unknown field", { ...(example as object), [canary]: "x".repeat(200_000) }),
    { ...target, what: "no JSON", body: `{"${canary}": `, headers: json },
    {
      ...target,
      what: "another content type",
      body: JSON.stringify(example),
      headers: { "content-type": "text/plain" },
    },
    {
      ...{ ...target, what: "a form" },
      body: `${canary}=1`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    },
    { ...target, what: "a prototype", body: `{"__proto__": {"${canary}": 1}}`, headers: json },
    { ...target, what: "deep nesting", body: `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`, headers: json },
    { ...target, what: "above 1 MiB", body: JSON.stringify({ [canary]: "x".repeat(1_100_000) }), headers: json },
    { ...target, what: "no body", headers: json },
  ];
}

/** Every copy of a body with one place changed, dropped or added to. */
function mutations(body: unknown): [string, unknown][] {
  const places = placesOf(body);
  const replaced = places.flatMap((place) =>
    wrongValues.map((value): [string, unknown] => [
      `${JSON.stringify(value)?.slice(0, 20)} at ${pointer(place)}`,
      at(body, place, () => value),
    ]),
  );
  const added = places.map((place): [string, unknown] => [
    `a field too many at ${pointer(place)}`,
    at(body, place, (value) => (isObject(value) ? { ...value, [canary]: canary } : value)),
  ]);
  const dropped = places.map((place): [string, unknown] => [
    `nothing at ${pointer(place)}`,
    at(body, place, () => undefined),
  ]);
  return [...replaced, ...added, ...dropped];
}

function placesOf(value: unknown, place: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...place, key]))];
}

function at(body: unknown, [key, ...rest]: readonly string[], change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(body);
  if (Array.isArray(body)) return body.map((each, place) => (`${place}` === key ? at(each, rest, change) : each));
  const object = body as Record<string, unknown>;
  const inner = at(object[key], rest, change);
  const { [key]: _, ...others } = object;
  return inner === undefined ? others : { ...others, [key]: inner };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function pointer(place: readonly string[]): string {
  return place.length === 0 ? "the root" : `/${place.join("/")}`;
}

function wrongQueries(target: Pick<WrongRequest, "method" | "path">, { parameters = [] }: Operation): WrongRequest[] {
  const asked = parameters.filter((each) => each.in === "query");
  const wrong = asked.flatMap(({ name, schema }) =>
    ["", "-1", "1e9", canary, "%00", "x".repeat(5_000), "[]", "{}"]
      .filter((value) => !takesText(schema, decodeURIComponent(value)))
      .map((value) => ({ name, value })),
  );
  const query = asked
    .filter(({ required }) => required)
    .map(({ name }) => `${name}=${canary}&`)
    .join("");
  return [
    ...wrong.map(({ name, value }) => ({
      ...target,
      what: `${name}=${value.slice(0, 20)}`,
      path: `${target.path}?${query}${name}=${value}`,
    })),
    ...(asked.length > 0 ? [{ ...target, what: "an unknown query", path: `${target.path}?${query}${canary}=1` }] : []),
  ];
}

/** Numbers come as text in a query. */
function takesText(schema: Schema, text: string): boolean {
  const takes = ajv.compile(schema);
  return takes(text) || (/^-?\d+$/.test(text) && takes(Number(text)));
}

function wrongPaths(path: string, target: Pick<WrongRequest, "method">, operation: Operation): WrongRequest[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  const example = operation.requestBody?.content["application/json"].example;
  const body = example === undefined ? {} : { body: JSON.stringify(example), headers: json };
  return names.flatMap((name) =>
    [canary, "%00", "..%2f..%2fetc", "x".repeat(2_000), "__proto__", "-1", strangeId].map((value) => ({
      ...{ ...target, ...body, what: `${name} is ${value.slice(0, 20)}` },
      path: pathOf(path.replace(`{${name}}`, value), operation),
    })),
  );
}
