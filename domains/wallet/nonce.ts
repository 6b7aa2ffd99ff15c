/**
 * The nonces of an EVM account. A nonce is taken in the commit that records the signed transaction which uses it: none is
 * used twice, and none is left out.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { accept, type Decision, refuse } from "../shared/mod.ts";

/** `next` is the lowest nonce that no transfer has taken. */
export type Nonces = { readonly next: number };

export type NonceEvent = {
  readonly type: "NonceTaken";
  readonly nonce: number;
  readonly transfer: string;
  readonly hash: string;
};

/** The nonce for the next transaction; above what is known here where the chain has mined more of the account. */
export function nextNonce({ next }: Nonces, mined: number): number {
  if (mined > next) return mined;
  return next;
}

export type TakeNonce = Omit<NonceEvent, "type">;

/** Takes a nonce that no transfer has taken. */
export function takeNonce(nonces: Nonces, command: TakeNonce): Decision<NonceEvent, "nonce-taken"> {
  return command.nonce < nonces.next ? refuse("nonce-taken") : accept<NonceEvent>({ type: "NonceTaken", ...command });
}

/** Replays a recorded fact. */
export function evolve(_nonces: Nonces, { nonce }: NonceEvent): Nonces {
  return { next: nonce + 1 };
}

export const nonceKind: AggregateKind<Nonces, NonceEvent> = {
  name: "nonce",
  initial: { next: 0 },
  evolve,
  upcasters: [],
  indexes: [],
};
