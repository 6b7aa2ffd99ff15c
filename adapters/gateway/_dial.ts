import { createHash, randomBytes } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { passedOn } from "./_headers.ts";

/** A replica's end of a WebSocket: paused, with what it has sent already. */
export type Dialled = { readonly socket: Socket; readonly head: Buffer; readonly protocol: string | undefined };

const mostRefusal = 64 * 1024;

type Dialling = {
  readonly url: string;
  readonly headers: Headers;
  readonly timeout: number;
  readonly timedOut: () => Error;
  readonly signal: AbortSignal;
};

/**
 * Opens a WebSocket by hand: a client that hides why it was refused would hide it from ours, and one that cannot be paused would
 * keep what a slow client does not read. Answers the replica's refusal as it is.
 */
export async function dial({ url, headers, timeout, timedOut, signal }: Dialling): Promise<Dialled | Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Dialled | Response>();
  const key = randomBytes(16).toString("base64");
  const outgoing = httpRequest(url, { agent: false, headers: { ...Object.fromEntries(headers), ...handshake(key) } });
  const leave = () => outgoing.destroy(new Error("The client has left"));
  signal.addEventListener("abort", leave);
  const timer = setTimeout(() => outgoing.destroy(timedOut()), timeout);
  outgoing.on("error", reject);
  outgoing.on("response", (incoming) => refusalOf(incoming).then(resolve, reject));
  outgoing.on("upgrade", ({ headers }, socket, head) => {
    socket.pause();
    if (headers["sec-websocket-accept"] === acceptOf(key)) {
      return resolve({ socket: socket as Socket, head, protocol: headers["sec-websocket-protocol"] });
    }
    socket.destroy();
    reject(new Error("The replica accepted another handshake"));
  });
  outgoing.end();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", leave);
  }
}

function handshake(key: string) {
  return { upgrade: "websocket", connection: "Upgrade", "sec-websocket-key": key, "sec-websocket-version": "13" };
}

/** RFC 6455 §4.2.2. */
function acceptOf(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

async function refusalOf(incoming: IncomingMessage): Promise<Response> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming) {
    size += part.length;
    if (size > mostRefusal) throw new Error("The refusal is too large");
    parts.push(part);
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const each of [value ?? []].flat()) headers.append(name, each);
  }
  return new Response(parts.length > 0 ? Buffer.concat(parts) : null, {
    status: incoming.statusCode ?? 502,
    headers: passedOn(headers),
  });
}
