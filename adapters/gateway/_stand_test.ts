import { connect, createServer } from "node:net";
import type { GatewayOptions, Replica } from "./mod.ts";
import { createGateway } from "./mod.ts";

type Upstream = { readonly url: string } & AsyncDisposable;
type Fetch = (request: Request, server: Bun.Server<unknown>) => Response | Promise<Response> | undefined;

/** A gateway, and upstreams that are closed with it. Its replicas are what `list` holds at the moment. */
export function openStand(options: Partial<GatewayOptions> = {}) {
  const opened = new AsyncDisposableStack();
  const list: Replica[] = [];
  const logged: string[] = [];
  const own = async (request: Request) =>
    new Response(`own ${new URL(request.url).pathname}`, { status: request.url.endsWith("/health") ? 200 : 404 });

  function start(more: Partial<GatewayOptions> = {}) {
    const gateway = createGateway({
      ...{ discover: async () => [...list], host: "127.0.0.1", port: 0, own, every: 20 },
      ...{ log: (message) => logged.push(message), ...options, ...more },
    });
    return opened.use(gateway);
  }

  /** An HTTP server that a gateway may be told of. */
  function upstream(fetch: Fetch, websocket: Bun.WebSocketHandler<unknown> = { message() {} }): Upstream {
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      development: false,
      idleTimeout: 60,
      fetch,
      websocket,
    } as never);
    return opened.use({
      url: `http://127.0.0.1:${server.port}`,
      [Symbol.asyncDispose]: async () => void (await server.stop(true)),
    });
  }

  /** A TCP server that says what it likes; `heard` are the heads of what it was sent. */
  async function rawUpstream(answer: (socket: import("node:net").Socket, head: string) => void) {
    const heard: string[] = [];
    const sockets = new Set<import("node:net").Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        heard.push(bytes.toString());
        answer(socket, bytes.toString());
      });
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", resolve);
    await promise;
    opened.defer(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, heard };
  }

  return {
    ...{ list, logged, start, upstream, rawUpstream },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

export function replica(service: string, url: string, prefixes: readonly string[], id = url): Replica {
  return { service, id, url, prefixes };
}

/** A port that refuses connections. */
export function refusing(): string {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const url = `http://127.0.0.1:${server.port}`;
  server.stop(true);
  return url;
}

export async function until(condition: () => unknown): Promise<void> {
  while (!(await condition())) await Bun.sleep(2);
}

/** Sends bytes as they are, and answers all that comes until the connection ends. */
export async function raw(url: string, text: string): Promise<{ readonly text: string; readonly aborted: boolean }> {
  const { hostname, port } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<{ text: string; aborted: boolean }>();
  const socket = connect(Number(port), hostname);
  let text_ = "";
  let aborted = false;
  socket.on("data", (bytes) => {
    text_ += bytes.toString("latin1");
  });
  socket.on("error", () => {
    aborted = true;
  });
  socket.on("close", () => resolve({ text: text_, aborted }));
  socket.write(text);
  return promise;
}
