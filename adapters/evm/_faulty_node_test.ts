import type { ServerWebSocket } from "bun";
import { toHex } from "./_hex.ts";

type Call = { readonly id?: unknown; readonly method: string; readonly params: readonly unknown[] };
type Told = { readonly result?: unknown; readonly error?: unknown };

/** Says what a node answers to a call; undefined where it answers what the real one does. */
type Meddling = (method: string, params: readonly unknown[]) => Told | undefined | Promise<Told | undefined>;

/** A node that stands before a real one, by HTTP and WebSocket, and goes wrong as it is told. */
export function faultyNode(target: string, port = 0) {
  const sockets = new Set<ServerWebSocket<undefined>>();
  const node = {
    port: 0,
    url: "",
    /** The methods it was asked for, in order. */
    asked: [] as string[],
    /** The requests that came by HTTP. */
    requests: [] as { readonly headers: Headers; readonly isBatch: boolean }[],
    meddle: (() => undefined) as Meddling,
    /** Answers a whole HTTP request in the node's stead. */
    respond: (() => undefined) as (body: string) => Response | undefined | Promise<Response | undefined>,
    acceptsSockets: true,
    /** Says something to all who are connected. */
    push(message: unknown) {
      for (const socket of sockets) socket.send(typeof message === "string" ? message : JSON.stringify(message));
    },
    /** As a subscription tells of a new head. */
    pushHead({ number, hash }: { readonly number: number; readonly hash: string }) {
      const params = { subscription: "0x51", result: { number: toHex(number), hash } };
      node.push({ jsonrpc: "2.0", method: "eth_subscription", params });
    },
    /** Holds back answers, to all calls or to those of one method, until they are released. */
    hold(then: Meddling = () => undefined, method?: string) {
      const { promise: held, resolve: release } = Promise.withResolvers<void>();
      node.meddle = async (asked, params) => {
        if (method === undefined || asked === method) await held;
        return await then(asked, params);
      };
      return release;
    },
    connections: () => sockets.size,
    hangUp() {
      for (const socket of sockets) socket.terminate();
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };

  async function answer({ id, method, params }: Call) {
    node.asked.push(method);
    // Heads are pushed by hand here.
    const told = (await node.meddle(method, params)) ?? (method === "eth_subscribe" ? { result: "0x51" } : undefined);
    if (told) return { jsonrpc: "2.0", id, ...told };
    const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    const real = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body });
    return await real.json();
  }

  const server = Bun.serve<undefined, never>({
    hostname: "127.0.0.1",
    port,
    idleTimeout: 0,
    async fetch(request, server) {
      if (request.headers.get("upgrade") === "websocket") {
        if (node.acceptsSockets && server.upgrade(request, { data: undefined })) return;
        return new Response("", { status: 404 });
      }
      const text = await request.text();
      const body = JSON.parse(text) as Call | Call[];
      node.requests.push({ headers: request.headers, isBatch: Array.isArray(body) });
      const own = await node.respond(text);
      if (own) return own;
      return Response.json(Array.isArray(body) ? await Promise.all(body.map(answer)) : await answer(body));
    },
    websocket: {
      open: (socket) => void sockets.add(socket),
      close: (socket) => void sockets.delete(socket),
      async message(socket, text) {
        socket.send(JSON.stringify(await answer(JSON.parse(String(text)))));
      },
    },
  });
  node.port = server.port ?? 0;
  node.url = `http://127.0.0.1:${server.port}`;
  return node;
}

/** What a node answers that does not have a method. */
export const missing = { error: { code: -32601, message: "the method does not exist/is not available" } };
