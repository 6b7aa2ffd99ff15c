import type { ServerWebSocket } from "bun";
import { dial } from "./_dial.ts";
import type { Replica } from "./_directory.ts";
import { type ForwardOptions, isUnreached, type Passing, reasonOf, TimedOut, takeSlot, whose } from "./_forward.ts";
import type { ProblemKind } from "./_problems.ts";
import { createTunnel, mostMessage, type Tunnel } from "./_tunnel.ts";

export type { Tunnel } from "./_tunnel.ts";

type Client = ServerWebSocket<Tunnel>;

const goodbye = 1_000;
const goingAway = [1001, "going-away"] as const;
/** What is sent beyond it is dropped: far above what waits before a replica's socket is paused. */
const mostBuffered = 4 * mostMessage;

/** Whether a request asks for a WebSocket as RFC 6455 §4.1 wants it. */
export function isWebSocket({ method, headers }: Request): boolean {
  const asks = method === "GET" && headers.get("upgrade")?.toLowerCase() === "websocket";
  return asks && headers.has("sec-websocket-key") && headers.get("sec-websocket-version") === "13";
}

/** The WebSockets that go through. */
export function createTunnels(options: ForwardOptions) {
  const { directory, limits, log } = options;
  const open = new Map<Client, Tunnel>();
  let closing = false;

  async function connect({ request, route, ...passing }: Passing): Promise<Response | Tunnel | ProblemKind> {
    const tried = new Set<Replica>();
    for (;;) {
      const slot = takeSlot(options, route, tried);
      if (slot === "none" || slot === "full" || open.size >= limits.sockets) {
        if (typeof slot !== "string") slot.release();
        return "unavailable";
      }
      const { replica } = slot;
      try {
        const dialled = await dial({
          ...{ url: replica.url + passing.target, headers: passing.headers, signal: request.signal },
          ...{ timeout: limits.timeout, timedOut: () => new TimedOut(`No answer in ${limits.timeout} ms`) },
        });
        return dialled instanceof Response ? dialled : createTunnel(dialled, limits);
      } catch (error) {
        log("Cannot open a WebSocket", { ...whose(slot), reason: reasonOf(error) });
        if (error instanceof TimedOut) return "gateway-timeout";
        // What was sent may have spent a ticket: only what was not is sent to another.
        if (!isUnreached(error)) return "bad-gateway";
        directory.leaveOut(replica);
        tried.add(replica);
      } finally {
        slot.release();
      }
    }
  }

  return {
    async open(passing: Passing, server: Bun.Server<Tunnel>): Promise<Response | ProblemKind | undefined> {
      const { headers } = passing;
      // No extension passes through: frames are read here.
      for (const name of ["sec-websocket-extensions", "sec-websocket-key", "sec-websocket-version"])
        headers.delete(name);
      const tunnel = await connect(passing);
      if (tunnel instanceof Response || typeof tunnel === "string") return tunnel;
      const chosen = tunnel.protocol === undefined ? {} : { headers: { "sec-websocket-protocol": tunnel.protocol } };
      if (server.upgrade(passing.request, { ...chosen, data: tunnel })) return undefined;
      tunnel.abandon();
      return "bad-gateway";
    },

    handlers: {
      perMessageDeflate: false,
      maxPayloadLength: mostMessage,
      backpressureLimit: mostBuffered,
      open(client: Client) {
        open.set(client, client.data);
        client.data.opened(client);
        if (closing) client.data.close(...goingAway);
      },
      message: (client: Client, message: string | Buffer) => client.data.said(message),
      pong: (client: Client, payload: Buffer) => client.data.answered(payload),
      drain: (client: Client) => client.data.drained(),
      close(client: Client, code: number, reason: string) {
        open.delete(client);
        client.data.closed(code, reason);
      },
    } satisfies Bun.WebSocketHandler<Tunnel>,

    /** Sends every client away with 1001, and waits a moment until they are gone. */
    async closeAll(): Promise<void> {
      closing = true;
      for (const tunnel of open.values()) tunnel.close(...goingAway);
      for (const until = Date.now() + goodbye; open.size > 0 && Date.now() < until; ) await Bun.sleep(5);
      for (const client of open.keys()) client.terminate();
    },
  };
}
