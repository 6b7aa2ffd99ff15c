import { ChainUnreachable } from "../../ports/mod.ts";
import type { Address } from "./_address.ts";

type NodeError = { readonly code?: unknown; readonly message?: unknown; readonly data?: unknown };
export type Answer = { readonly id?: unknown; readonly result?: unknown; readonly error?: NodeError | null };

/** The node understood, and said no. `data` is what a reverted call returned, where it did. */
export class NodeRefused extends ChainUnreachable {
  readonly code: number;
  /** The node's own words. */
  readonly said: string;
  readonly data: string | undefined;

  constructor(method: string, said: string, { code, data }: NodeError) {
    super(`Cannot ${method}: the node says "${said}" (${Number(code)})`);
    this.code = Number(code);
    this.said = said;
    this.data = dataIn(data);
  }
}

/** Whether it is what this node lacks, and another may have: the method (EIP-1474), or the state of an old block. */
export function isLacking(refused: NodeRefused): boolean {
  return isMissing(refused) || isPruned(refused);
}

export function isMissing({ code, said, data }: NodeRefused): boolean {
  if (data !== undefined) return false;
  return code === -32601 || code === -32004 || /method.*(not|un)\s?(found|supported|available|exist)/i.test(said);
}

/** Nodes keep the states of the last 128 blocks, if they are not told to keep more. */
export function isPruned({ said, data }: NodeRefused): boolean {
  return data === undefined && /missing trie node|historical|pruned|archive|state .*(not |un)available/i.test(said);
}

/** An answer, if it is one at all. */
export function answerIn(body: unknown): Answer {
  return typeof body === "object" && body !== null ? body : {};
}

/** The result of an answer. Throws `NodeRefused` where the node said no, any other error where it only fails for now. */
export function resultOf(method: string, { result, error }: Answer, { quote }: Address): unknown {
  const isError = typeof error === "object" && error !== null;
  if (isError && !isPassing(error)) throw new NodeRefused(method, quote(error.message), error);
  if (error) throw new Error(String(isError ? error.message : error));
  if (result === undefined) throw new Error("An answer without a result");
  return result;
}

/** A limit of requests (EIP-1474) or an internal error: another node may do better. Some say of a revert that it was one. */
export function isPassing({ code, message, data }: NodeError): boolean {
  if (dataIn(data) !== undefined || /revert/i.test(String(message))) return false;
  return code === -32005 || code === -32603 || code === 429;
}

/** What a reverted call returned: some nodes wrap it once more. */
function dataIn(data: unknown): string | undefined {
  const found = typeof data === "object" && data !== null && "data" in data ? data.data : data;
  return typeof found === "string" && /^0x[0-9a-f]*$/i.test(found) ? found : undefined;
}
