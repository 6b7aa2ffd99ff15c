import { expect, test } from "bun:test";
import type { UserId } from "../../domains/shared/mod.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import { aboutToAnswer } from "./_answered.ts";
import { createIdempotency, idempotentRequestKind } from "./idempotency.ts";

test("all keys of before an instant are forgotten, and no later one", async () => {
  let at = "2026-11-23T00:00:00.000Z";
  const clock = () => at as never;
  const idempotency = createIdempotency({
    requests: createStores(openDatabase(":memory:"), clock).records(idempotentRequestKind),
    ...{ clock, newId: () => Bun.randomUUIDv7(), deriveId: (...parts: readonly string[]) => parts.join("|") },
  });
  async function claim(key: string): Promise<string> {
    const request = new Request("http://localhost/v1/orders", { method: "POST" });
    const id = await idempotency.claim(request, "ann" as UserId, key, "digest");
    aboutToAnswer(request);
    return id;
  }
  const keys = Array.from({ length: 450 }, (_, place) => `key-${place}`);
  const first = await Promise.all(keys.map(claim));
  at = "2026-11-24T00:00:00.000Z";
  const later = await claim("later");
  await idempotency.forget(at);
  const again = await Promise.all(keys.map(claim));
  expect(again.filter((id, place) => id === first[place])).toEqual([]);
  expect(await claim("later")).toBe(later);
});
