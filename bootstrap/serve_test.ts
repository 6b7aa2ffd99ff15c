import { expect, test } from "bun:test";
import { Elysia } from "elysia";
import { createMetrics } from "../adapters/prometheus/mod.ts";
import { serve } from "./serve.ts";

/** Longer than a request waits for a vault or a database that says nothing. */
const longWait = 10_500;

test("a server that stops lets a request that waits for a silent dependency end, and takes no more", async () => {
  const begun = Promise.withResolvers<void>();
  const slow = new Elysia().get("/slow", async () => {
    begun.resolve();
    await Bun.sleep(longWait);
    return "done";
  });
  const config = { host: "127.0.0.1", port: 0, publicUrl: "http://127.0.0.1", origins: [] };
  const parts = { routes: [slow], checks: {}, metrics: createMetrics(), limiter: undefined, log: () => {} };
  const server = serve({ config, ...parts });
  const answer = fetch(`${server.url}/slow`).then((response) => response.text());
  await begun.promise;
  const stopped = server[Symbol.asyncDispose]();
  expect(await answer).toBe("done");
  await stopped;
  await expect(fetch(`${server.url}/slow`)).rejects.toThrow();
});
