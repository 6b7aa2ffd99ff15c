import { type AssetId, zero } from "../../domains/shared/mod.ts";
import { addressIn, quantity } from "./_hex.ts";
import type { Movement, RawLog } from "./_logs.ts";

/** One call, as `callTracer` gives it (`withLog`), with those that it made. */
export type Frame = {
  readonly type: string;
  readonly from: string;
  readonly to?: string;
  readonly value?: string;
  readonly gasUsed?: string;
  readonly output?: string;
  readonly error?: string;
  readonly logs?: readonly RawLog[];
  readonly calls?: readonly Frame[];
};

export const callTracer = { tracer: "callTracer", tracerConfig: { withLog: true } };

/** Calls by which value moves: `DELEGATECALL` and `CALLCODE` only repeat it. */
const moving = ["CALL", "CREATE", "CREATE2", "SELFDESTRUCT"];

/** The calls that were not undone: a failed one takes back all below it. */
export function lasting(frame: Frame): Frame[] {
  return frame.error === undefined ? [frame, ...(frame.calls ?? []).flatMap(lasting)] : [];
}

/** What moved of the native asset. */
export function nativeMovements(frame: Frame, asset: AssetId): Movement[] {
  return lasting(frame).flatMap(({ type, from, to, value }) => {
    const amount = quantity(value ?? "0x0");
    if (amount === zero || to === undefined || !moving.includes(type)) return [];
    return [{ from: addressIn(from), to: addressIn(to), asset, amount }];
  });
}
