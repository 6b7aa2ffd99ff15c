import { isDeepStrictEqual } from "node:util";

type Named<T> = { readonly [name: string]: T };

/** As much of an OpenAPI 3.1 document as merging looks at. */
export type OpenApiDocument = {
  readonly openapi: string;
  readonly info: object;
  readonly servers?: readonly object[];
  readonly tags?: readonly { readonly name: string }[];
  readonly paths?: Named<Named<unknown>>;
  readonly components?: Named<Named<unknown>>;
};

const methods = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);

/**
 * One OpenAPI 3.1 document of several services', by service. What several serve alike is there once; info and servers are those
 * of the first. Throws where two services mean different things by one name: an operation, an operation id, a component.
 */
export function mergeOpenApi(documents: Readonly<Record<string, OpenApiDocument>>) {
  const services = Object.entries(documents).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const [first] = services;
  if (!first) throw new Error("Cannot merge OpenAPI documents: there is none");
  const all = services.map(([, document]) => document);
  const tags = new Map(all.flatMap(({ tags = [] }) => tags.map((tag) => [tag.name, tag] as const)));
  const { openapi, info, servers } = first[1];
  return {
    ...{ openapi, info, ...(servers && { servers }), ...(tags.size > 0 && { tags: [...tags.values()] }) },
    paths: unitedPaths(services),
    components: unitedComponents(services),
  };
}

type Services = readonly (readonly [service: string, OpenApiDocument])[];

function unitedPaths(services: Services) {
  const united = createUnion(isSame);
  const shapes = new Map<string, string>();
  const owners = new Map<unknown, string>();
  for (const [service, document] of services) {
    for (const [path, item] of Object.entries(document.paths ?? {})) {
      // Paths that differ by their parameters' names only are one path.
      claim(shapes, path.replace(/\{[^}]*\}/g, "{}"), path, service);
      for (const [key, value] of Object.entries(item)) {
        united.add(service, path, key, value);
        const id = operationIdOf(key, value);
        if (id !== undefined) claim(owners, id, `${key} ${path}`, service);
      }
    }
  }
  return united.all();
}

function unitedComponents(services: Services) {
  const united = createUnion((_, one, other) => isDeepStrictEqual(one, other));
  for (const [service, document] of services) {
    for (const [kind, named] of Object.entries(document.components ?? {})) {
      for (const [name, value] of Object.entries(named)) united.add(service, kind, name, value);
    }
  }
  return united.all();
}

function createUnion(isSame: (name: string, one: unknown, other: unknown) => boolean) {
  const groups = new Map<string, Map<string, unknown>>();
  return {
    add(service: string, group: string, name: string, value: unknown): void {
      const named = groups.get(group) ?? new Map<string, unknown>();
      groups.set(group, named);
      if (!named.has(name)) named.set(name, value);
      else if (!isSame(name, named.get(name), value)) {
        throw conflict(service, `${group} ${name} is not what another service has there`);
      }
    },
    all: () => Object.fromEntries([...groups].map(([group, named]) => [group, Object.fromEntries(named)])),
  };
}

/** Services of two releases may tell the same operation in other words. */
function isSame(key: string, one: unknown, other: unknown): boolean {
  return methods.has(key) ? operationIdOf(key, one) === operationIdOf(key, other) : isDeepStrictEqual(one, other);
}

function operationIdOf(key: string, value: unknown): unknown {
  return methods.has(key) ? (value as { readonly operationId?: unknown }).operationId : undefined;
}

function claim<Key>(claims: Map<Key, string>, key: Key, claimant: string, service: string): void {
  const first = claims.get(key) ?? claimant;
  if (first !== claimant) throw conflict(service, `${claimant} clashes with ${first}`);
  claims.set(key, claimant);
}

function conflict(service: string, what: string): Error {
  return new Error(`Cannot merge the OpenAPI document of "${service}": ${what}`);
}
