import { type Answer, addressOf, patience, resultOf } from "./_answers.ts";

/** Something that a node says without being asked. */
export type Notification = { readonly params?: { readonly result?: { readonly number?: string } } };

export type Socket = {
  ask(method: string, params: readonly unknown[]): Promise<unknown>;
  close(): void;
  /** Resolves once nothing will come any more. */
  readonly closed: Promise<void>;
};

type Waiting = { readonly settle: (answer: Answer) => void; readonly fail: (error: Error) => void };

/** JSON-RPC over one WebSocket; `heard` gets what the node says unasked. What waits when it closes fails. */
export function openSocket(url: string, heard: (notification: Notification) => void = () => {}): Socket {
  const { href, headers } = addressOf(url);
  const socket = new WebSocket(href.replace(/^http/, "ws"), { headers });
  const waiting = new Map<number, Waiting>();
  const { promise: opened, resolve: open, reject: refuse } = Promise.withResolvers<void>();
  const { promise: closed, resolve: end } = Promise.withResolvers<void>();
  let count = 0;
  // Who asks hears of it; without anyone it is nobody's.
  opened.catch(() => {});

  socket.onopen = () => open();
  socket.onerror = () => {};
  socket.onclose = () => {
    const error = new Error("The WebSocket closed");
    refuse(error);
    for (const { fail } of waiting.values()) fail(error);
    waiting.clear();
    end();
  };
  socket.onmessage = ({ data }) => {
    const said = parse(String(data));
    if (said && "id" in said) waiting.get(said.id)?.settle(said);
    else if (said) heard(said);
  };

  async function ask(method: string, params: readonly unknown[]): Promise<unknown> {
    const id = ++count;
    const { promise: answer, resolve: settle, reject: fail } = Promise.withResolvers<Answer>();
    const deadline = setTimeout(() => fail(new Error(`No answer in ${patience} ms`)), patience);
    waiting.set(id, { settle, fail });
    try {
      // A connection that hangs while it opens counts against the same deadline.
      await Promise.race([opened, answer]);
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
      return resultOf(method, await answer);
    } finally {
      clearTimeout(deadline);
      waiting.delete(id);
    }
  }

  return { ask, closed, close: () => socket.close() };
}

function parse(text: string): (Answer & { readonly id: number }) | Notification | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
