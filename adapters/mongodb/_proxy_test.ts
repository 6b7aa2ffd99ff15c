import { connect, createServer, type Socket } from "node:net";

/** What becomes of a command and its reply. */
export type Fate = "deliver" | "cut" | "stall" | "delay";

/**
 * Stands between a client and a server; `fateOf` is asked with the name of each command. The server carries it out, and then
 * "cut" closes the connection instead of replying, "stall" says nothing more on it. "delay" brings the command late.
 */
export async function startProxy(target: string, fateOf: (command: string) => Fate) {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    let fate: Fate = "deliver";
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    }
    client.on("data", (request) => {
      const command = commandOf(request);
      if (command !== undefined && fate === "deliver") fate = fateOf(command);
      if (fate !== "delay") return upstream.write(request);
      fate = "deliver";
      setTimeout(() => upstream.write(request), delay);
    });
    upstream.on("data", (reply) => {
      if (fate === "deliver") client.write(reply);
      if (fate !== "cut") return;
      client.destroy();
      upstream.destroy();
    });
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await listening;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port");
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `mongodb://127.0.0.1:${address.port}`,
    cutAll,
    async [Symbol.asyncDispose]() {
      server.close();
      cutAll();
    },
  };
}

const delay = 300;

/** The command of an OP_MSG: the first key of its body. What goes on from an earlier chunk has none. */
function commandOf(request: Buffer): string | undefined {
  const opMsg = 2013;
  if (request.length < 27 || request.readInt32LE(12) !== opMsg) return undefined;
  const name = request.subarray(26, request.indexOf(0, 26)).toString("latin1");
  return /^\w+$/.test(name) ? name : undefined;
}
