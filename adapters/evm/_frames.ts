import { type AssetId, amount } from "../../domains/shared/mod.ts";
import { addressIn } from "./_hex.ts";
import { type Movement, type RawLog, rawLog } from "./_logs.ts";
import { address, bytes, listOf, maybe, quantity, type Reader, recordOf, text } from "./_results.ts";

/** One call, as `callTracer` gives it (`withLog`), with those that it made. */
export type Frame = {
  readonly type: string;
  readonly from: string;
  readonly to: string | undefined;
  readonly value: bigint | undefined;
  readonly gasUsed: bigint | undefined;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly logs: readonly RawLog[] | undefined;
  readonly calls: readonly Frame[] | undefined;
};

export const callTracer = { tracer: "callTracer", tracerConfig: { withLog: true } };

export const frame: Reader<Frame> = recordOf({
  ...{ type: text, from: address, to: maybe(address), value: maybe(quantity), gasUsed: maybe(quantity) },
  ...{ output: maybe(bytes), error: maybe(text), logs: maybe(listOf(rawLog)) },
  calls: maybe(listOf((each) => frame(each))),
});

/** Calls by which value moves: `DELEGATECALL` and `CALLCODE` only repeat it. */
const moving = ["CALL", "CREATE", "CREATE2", "SELFDESTRUCT"];

/** The calls that were not undone: a failed one takes back all below it. */
export function lasting(frame: Frame): Frame[] {
  return frame.error === undefined ? [frame, ...(frame.calls ?? []).flatMap(lasting)] : [];
}

/** What moved of the native asset. */
export function nativeMovements(frame: Frame, asset: AssetId): Movement[] {
  return lasting(frame).flatMap(({ type, from, to, value = 0n }) => {
    if (value === 0n || to === undefined || !moving.includes(type)) return [];
    return [{ from: addressIn(from), to: addressIn(to), asset, amount: amount(value) }];
  });
}
