import { addressOf } from "./_address.ts";
import { createHttp } from "./_http.ts";
import { openSocket, type Socket } from "./_socket.ts";
import type { Timing } from "./_timing.ts";

/** One node. `ask` throws `NodeRefused` where it says no, any other error where it does not answer, or not sensibly. */
export type Node = {
  /** Host and port: what may be told of its URL. */
  readonly name: string;
  ask(method: string, params: readonly unknown[]): Promise<unknown>;
  /** What is asked afterwards fails. */
  close(): void;
  /** What something said, without the URL's secrets. */
  quote(text: unknown): string;
};

/** A node by HTTP or WebSocket, whichever its URL names. */
export function createNode(url: string, timing: Timing): Node {
  const { name, quote, isSocket } = addressOf(url);
  return { name, quote, ...(isSocket ? createSocket(url, timing) : createHttp(url, timing)) };
}

/** One WebSocket, opened when it is first needed and again after it closed. */
function createSocket(url: string, timing: Timing) {
  let socket: Socket | undefined;
  let isOver = false;

  function connected(): Socket {
    if (isOver) throw new Error("The node's connection was closed");
    if (socket) return socket;
    const opened = openSocket(url, timing);
    socket = opened;
    opened.closed.then(() => {
      if (socket === opened) socket = undefined;
    });
    return opened;
  }

  return {
    ask: async (method: string, params: readonly unknown[]) => await connected().ask(method, params),
    close() {
      isOver = true;
      socket?.close();
    },
  };
}
