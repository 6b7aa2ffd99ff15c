/**
 * A client that keeps connections busy: each sends its requests in turn, the next one when the last is answered. A process of
 * its own, on bare sockets, so that what it measures is the server. Prints how many requests a second were answered.
 *
 * @module
 */
import type { Job, Lane, Request } from "./_http.ts";

const { host, port, lanes, milliseconds }: Job = JSON.parse(await Bun.stdin.text());
const headEnd = "\r\n\r\n";

let answered = 0;
const start = performance.now();
const running = () => performance.now() - start < milliseconds;

/** A request but for its `If-Match`, which its sender puts between. */
function written({ method, path, body }: Request, token: string | undefined): readonly [string, string] {
  const text = body === undefined ? "" : JSON.stringify(body);
  const headers = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}:${port}`,
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    ...(body === undefined ? [] : ["content-type: application/json", `content-length: ${Buffer.byteLength(text)}`]),
  ];
  return [`${headers.join("\r\n")}\r\n`, `\r\n${text}`];
}

async function lane({ token, first, requests }: Lane): Promise<void> {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const texts = requests.map((request) => written(request, token));
  let turn = 0;
  let received: Buffer = Buffer.alloc(0);
  let tag = "";
  const next = () => {
    const [head, rest] = texts[turn++ % texts.length] ?? ["", ""];
    return tag === "" ? head + rest : `${head}if-match: ${tag}\r\n${rest}`;
  };
  const socket = await Bun.connect({
    hostname: host,
    port,
    socket: {
      data(socket, chunk) {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        const end = received.indexOf(headEnd);
        if (end < 0) return;
        const head = received.toString("latin1", 0, end);
        const size = end + headEnd.length + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
        if (received.length < size) return;
        if (!/^HTTP\/1\.1 2/.test(head) || Number.isNaN(size)) return reject(new Error(received.toString()));
        received = received.subarray(size);
        tag = /etag: (\S+)/i.exec(head)?.[1] ?? "";
        answered++;
        if (running()) socket.write(next());
        else resolve();
      },
      close: () => reject(new Error("The server closed a connection")),
      error: (_, error) => reject(error),
    },
  });
  socket.write(first ? written(first, token).join("") : next());
  await done;
}

await Promise.all(lanes.map(lane));
console.log((answered * 1000) / (performance.now() - start));
process.exit(0);
