import { randomInt } from "node:crypto";

/**
 * A port of this machine that nobody listens on. Below those that outgoing connections get, which could take it before the
 * server does, or while it is down.
 */
export function freePort(): number {
  for (let attempt = 0; ; attempt++) {
    try {
      const port = randomInt(15_000, 32_768);
      const server = Bun.listen({ hostname: "127.0.0.1", port, socket: { data: () => {} } });
      server.stop();
      return port;
    } catch (error) {
      if (attempt === 100) throw error;
    }
  }
}
