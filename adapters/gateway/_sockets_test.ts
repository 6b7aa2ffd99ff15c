import { type openStand, replica } from "./_stand_test.ts";

type Stand = ReturnType<typeof openStand>;
type Heard = { readonly url: string; readonly headers: Record<string, string> };

/** A service whose sockets echo, and close as they are told: `close 4001 ended`. */
export function echoing(stand: Stand, more: Partial<Bun.WebSocketHandler<unknown>> = {}) {
  const heard: Heard[] = [];
  const closed: string[] = [];
  const open = new Set<Bun.ServerWebSocket<unknown>>();
  const { url } = stand.upstream(
    (request, server) => {
      heard.push({ url: request.url, headers: Object.fromEntries(request.headers) });
      if (request.url.includes("refuse")) {
        const headers = { "www-authenticate": "Bearer" };
        return Response.json({ type: "urn:lucent:problem:ticket-refused" }, { status: 401, headers });
      }
      const protocol = request.headers.get("sec-websocket-protocol") ? { "sec-websocket-protocol": "v2" } : {};
      return server.upgrade(request, { headers: protocol, data: {} }) ? undefined : new Response("No", { status: 426 });
    },
    {
      open(socket) {
        open.add(socket);
        socket.send("welcome");
      },
      message(socket, message) {
        const [word, code, reason] = String(message).split(" ");
        if (word === "close") socket.close(Number(code), reason);
        else if (word === "die") socket.terminate();
        else socket.send(message);
      },
      close(socket, code, reason) {
        open.delete(socket);
        closed.push(`${code} ${reason}`);
      },
      ...more,
    },
  );
  stand.list.push(replica("notification", url, ["/v1/realtime"]));
  return { url, heard, closed, open };
}

export async function connect(url: string, path = "/v1/realtime", protocols: string[] = []) {
  const socket = new WebSocket(url.replace("http", "ws") + path, protocols);
  socket.binaryType = "nodebuffer";
  const messages: (string | Buffer)[] = [];
  const ended = Promise.withResolvers<string>();
  const opened = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => messages.push(data);
  socket.onclose = ({ code, reason }) => ended.resolve(`${code} ${reason}`);
  socket.onopen = () => opened.resolve();
  socket.onerror = () => opened.reject(new Error("Refused"));
  await opened.promise;
  return { socket, messages, ended: ended.promise };
}

const upgrading =
  "Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n";

/** A client that reads as much as it likes, and answers no ping. */
export async function connectRaw(url: string, data: (bytes: Buffer) => void = () => {}, path = "/v1/realtime") {
  const { hostname, port } = new URL(url);
  const socket = { data: (_: unknown, bytes: Buffer) => data(bytes) };
  const client = await Bun.connect({ hostname, port: Number(port), socket });
  client.write(`GET ${path} HTTP/1.1\r\n${upgrading}`);
  return client;
}
