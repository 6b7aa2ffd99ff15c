/**
 * A server that answers a page, the gateway before it, or a proxy by hand: nothing but `fetch`, without limits, balance or
 * repetition. Each in a process of its own.
 *
 * @module
 */
import { createGateway } from "../adapters/gateway/mod.ts";

const [role = "", port = "", upstream = ""] = Bun.argv.slice(2);
const at = { hostname: "127.0.0.1", port: Number(port) };
const page = { items: Array.from({ length: 10 }, (_, n) => ({ id: Bun.randomUUIDv7(), title: `Play ${n}` })) };

if (role === "upstream") {
  Bun.serve({ ...at, fetch: async (request) => Response.json(request.body ? await request.json() : page) });
} else if (role === "by hand") {
  Bun.serve({
    ...at,
    async fetch({ url, method, headers, body }) {
      const { pathname, search } = new URL(url);
      const kept = { redirect: "manual", decompress: false } as const;
      const answer = await fetch(upstream + pathname + search, { method, headers, body, ...kept });
      return new Response(answer.body, { status: answer.status, headers: answer.headers });
    },
  });
} else {
  createGateway({
    ...{ host: at.hostname, port: at.port, log: (message, details) => console.error(message, details) },
    discover: async () => [{ service: "play", id: "1", url: upstream, prefixes: ["/v1/plays"] }],
    own: async () => new Response("ready"),
  });
}
