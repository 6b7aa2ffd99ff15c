import { type AssetId, amount } from "../../domains/shared/mod.ts";
import { addressIn } from "./_hex.ts";
import type { Movement } from "./_logs.ts";
import { address, listOf, maybe, quantity, type Reader, recordOf, text } from "./_results.ts";

const place: Reader<number> = (answer) => {
  if (!Number.isSafeInteger(answer)) throw new Error("Its answer is not a place where that belongs");
  return answer as number;
};

const parties = { from: maybe(address), to: maybe(address), address: maybe(address), refundAddress: maybe(address) };
const flatTrace = recordOf({
  ...{ type: text, error: maybe(text), traceAddress: listOf(place) },
  action: recordOf({ ...parties, callType: maybe(text), value: maybe(quantity), balance: maybe(quantity) }),
  result: maybe(recordOf({ address: maybe(address) })),
});
type FlatTrace = ReturnType<typeof flatTrace>;

/** The calls of a transaction, as `trace_transaction` gives them: one after another, each with its place in the tree. */
export const flatTraces = listOf(flatTrace);

/** What moved of the native asset: a failed call takes back all below it. */
export function flatMovements(traces: readonly FlatTrace[], asset: AssetId): Movement[] {
  const failed = traces.filter(({ error }) => error !== undefined);
  const isUndone = ({ traceAddress }: FlatTrace) =>
    failed.some((above) => above.traceAddress.every((each, depth) => each === traceAddress[depth]));
  return traces.flatMap((trace) => {
    const { from, to, value } = sent(trace);
    if (!from || !to || !value || isUndone(trace)) return [];
    return [{ from: addressIn(from), to: addressIn(to), asset, amount: amount(value) }];
  });
}

/** `delegatecall` and `callcode` only repeat a value. */
function sent({ type, action, result }: FlatTrace) {
  const { from, to, address, refundAddress, callType, value, balance } = action;
  if (type === "suicide") return { from: address, to: refundAddress, value: balance };
  if (type === "create") return { from, to: result?.address, value };
  return type === "call" && callType === "call" ? { from, to, value } : {};
}
