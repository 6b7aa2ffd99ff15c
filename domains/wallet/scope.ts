/**
 * The facts that a play's values read: of the order, its parameters, the position, the steps before.
 *
 * @module
 */
import type { Amount, AssetId, Delta, Facts, Instant, Resolved } from "../shared/mod.ts";
import { sizeOf, unixTime } from "../shared/mod.ts";

type Token = { readonly contract: string; readonly id: string };

export type Scope = {
  readonly order: { readonly amount: Amount };
  readonly parameters: { readonly [name: string]: unknown };
  readonly position: {
    readonly assets: readonly { readonly asset: AssetId; readonly amount: Amount }[];
    readonly tokens: readonly Token[];
  };
  readonly steps: {
    readonly [id: string]: {
      readonly effects: readonly { readonly asset: AssetId; readonly delta: Delta }[];
      readonly tokens: readonly Token[];
    };
  };
};

/** Reads facts by path; a user's own transfer has a wallet and nothing else. */
export function factsFrom(scope: Scope | undefined, wallet: string, at: Instant, read: Facts["read"]): Facts {
  const from = (path: string) => {
    if (path === "wallet.address") return wallet;
    return scope && fromScope(scope, path);
  };
  return { from, now: () => unixTime(at), read };
}

function fromScope(scope: Scope, path: string): Resolved | undefined {
  if (path === "order.amount") return scope.order.amount;
  const [, kind, rest] = /^(parameters|position\.token|position|steps)\.(.+)$/.exec(path) ?? [];
  if (!rest) return undefined;
  switch (kind) {
    case "parameters":
      return Object.hasOwn(scope.parameters, rest) ? asResolved(scope.parameters[rest]) : undefined;
    case "position.token":
      return tokenOf(scope.position.tokens, rest);
    case "position":
      return scope.position.assets.find(({ asset }) => same(asset, rest))?.amount;
    default:
      return ofStep(scope, rest);
  }
}

function ofStep(scope: Scope, path: string): Resolved | undefined {
  const [, id, kind, of] = /^([^.]+)\.(effects|token)\.(.+)$/.exec(path) ?? [];
  const step = id !== undefined && Object.hasOwn(scope.steps, id) ? scope.steps[id] : undefined;
  if (!step || !of) return undefined;
  if (kind === "token") return tokenOf(step.tokens, of);
  const effect = step.effects.find(({ asset }) => same(asset, of));
  return effect && sizeOf(effect.delta);
}

function tokenOf(tokens: readonly Token[], contract: string): string | undefined {
  return tokens.find((token) => same(token.contract, contract))?.id;
}

/** EVM addresses, alone or in an asset, are equal in any case. */
function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** JSON as a value: whole numbers become text; what is no value at all is no fact. */
function asResolved(json: unknown): Resolved | undefined {
  if (typeof json === "string" || typeof json === "boolean") return json;
  if (typeof json === "number") return Number.isSafeInteger(json) ? json.toString() : undefined;
  if (!Array.isArray(json)) return undefined;
  const list = json.map(asResolved);
  return list.includes(undefined) ? undefined : (list as Resolved[]);
}
