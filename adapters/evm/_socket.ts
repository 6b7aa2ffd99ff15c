import { type Address, addressOf } from "./_address.ts";
import { type Answer, answerIn, resultOf } from "./_answers.ts";
import { isTrace, type Timing } from "./_timing.ts";

export type Socket = {
  ask(method: string, params: readonly unknown[]): Promise<unknown>;
  /** Ends it at once: what waits fails. */
  close(): void;
  /** Resolves once nothing will come any more. */
  readonly closed: Promise<void>;
};

type Waiting = { readonly settle: (answer: Answer) => void; readonly fail: (error: Error) => void };

/** JSON-RPC over one WebSocket; `heard` gets what the node says unasked. A connection on which an answer is overdue ends. */
export function openSocket(url: string, timing: Timing, heard: (notification: unknown) => void = () => {}): Socket {
  const address: Address = addressOf(url);
  const socket = new WebSocket(address.href.replace(/^http/, "ws"), { headers: address.headers });
  const waiting = new Map<number, Waiting>();
  const { promise: opened, resolve: open, reject: refuse } = Promise.withResolvers<void>();
  const { promise: closed, resolve: end } = Promise.withResolvers<void>();
  let count = 0;
  // Who asks hears of it; without anyone it is nobody's.
  opened.catch(() => {});

  /** Does not wait for the other side: it may be gone. */
  function finish(reason: string): void {
    const error = new Error(reason);
    refuse(error);
    for (const { fail } of waiting.values()) fail(error);
    waiting.clear();
    end();
    socket.terminate();
  }

  socket.onopen = () => open();
  socket.onerror = () => finish("The WebSocket failed");
  socket.onclose = () => finish("The WebSocket closed");
  socket.onmessage = ({ data }) => {
    const said = parse(String(data));
    const { id } = answerIn(said);
    if (typeof id === "number") waiting.get(id)?.settle(answerIn(said));
    else if (id === undefined) heard(said);
  };

  async function ask(method: string, params: readonly unknown[]): Promise<unknown> {
    const id = ++count;
    const { promise: answer, resolve: settle, reject: fail } = Promise.withResolvers<Answer>();
    const patience = isTrace(method) ? timing.trace : timing.answer;
    const deadline = setTimeout(() => finish(`No answer in ${patience} ms`), patience);
    waiting.set(id, { settle, fail });
    try {
      // A connection that hangs while it opens counts against the same deadline.
      await Promise.race([opened, answer]);
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
      return resultOf(method, await answer, address);
    } finally {
      clearTimeout(deadline);
      waiting.delete(id);
    }
  }

  return { ask, closed, close: () => finish("The WebSocket was closed") };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
