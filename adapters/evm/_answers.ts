import { ChainUnreachable } from "../../ports/mod.ts";

/** How long a node may take to answer, in milliseconds. */
export const patience = 10_000;

type NodeError = { readonly code: number; readonly message: string; readonly data?: unknown };
export type Answer = { readonly result?: unknown; readonly error?: NodeError };

/** The node understood, and said no. `data` is what a reverted call returned, where it did. */
export class NodeRefused extends ChainUnreachable {
  readonly code: number;
  /** The node's own words. */
  readonly said: string;
  readonly data: string | undefined;

  constructor(method: string, { code, message, data }: NodeError) {
    const said = String(message).slice(0, 300);
    super(`Cannot ${method}: the node says "${said}" (${code})`);
    this.code = code;
    this.said = said;
    this.data = dataIn(data);
  }
}

/** The result of an answer. Throws `NodeRefused` where the node said no, any other error where it only fails for now. */
export function resultOf(method: string, { result, error }: Answer): unknown {
  if (error && !isPassing(error)) throw new NodeRefused(method, error);
  if (error) throw new Error(String(error.message).slice(0, 300));
  if (result === undefined) throw new Error("An answer without a result");
  return result;
}

/** A limit of requests (EIP-1474) or an internal error: another node may do better. Some say of a revert that it was one. */
function isPassing({ code, message, data }: NodeError): boolean {
  if (dataIn(data) !== undefined || /revert/i.test(message)) return false;
  return code === -32005 || code === -32603 || code === 429;
}

/** What a reverted call returned: some nodes wrap it once more. */
function dataIn(data: unknown): string | undefined {
  const found = typeof data === "object" && data !== null && "data" in data ? data.data : data;
  return typeof found === "string" && /^0x[0-9a-f]*$/i.test(found) ? found : undefined;
}

/** A node's URL, with its credentials in a header: fetch refuses them in the address. */
export function addressOf(url: string) {
  const parsed = new URL(url);
  const { username, password, host, protocol } = parsed;
  parsed.username = parsed.password = "";
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  const headers: Record<string, string> = {
    "content-type": "application/json",
    ...(username && { authorization: `Basic ${basic}` }),
  };
  // Keys hide in paths and queries: only the host may be told.
  return { href: parsed.href, headers, name: host, isSocket: /^wss?:$/.test(protocol) };
}
