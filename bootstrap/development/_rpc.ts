/** Asks a node, by JSON-RPC over HTTP. Throws where it does not answer within `patience` milliseconds, or with an error. */
export async function rpc<T>(
  url: string,
  method: string,
  params: readonly unknown[] = [],
  patience = 10_000,
): Promise<T> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    signal: AbortSignal.timeout(patience),
  });
  const { result, error } = (await answer.json()) as { result?: T; error?: { message: string } };
  if (error) throw new Error(`Cannot ${method} on ${url}: ${error.message}`);
  return result as T;
}
