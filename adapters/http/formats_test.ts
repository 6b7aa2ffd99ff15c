import { expect, test } from "bun:test";
import { Elysia } from "elysia";
import { FormatRegistry } from "elysia/type-system";
import "./_schemas.ts";
import { openApiOf } from "./openapi.ts";

const accepts = (format: string) => (text: string) => FormatRegistry.Get(format)?.(text) ?? false;

test("an id is a UUID of any version, in its one form", () => {
  const id = "019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55";
  const given = [id, id.toUpperCase(), `urn:uuid:${id}`, `{${id}}`, id.slice(1), `${id}\n`, id.replaceAll("-", "")];
  expect(given.filter(accepts("uuid"))).toEqual([id, id.toUpperCase()]);
});

test("a time is RFC 3339, and on the calendar", () => {
  const good = ["2026-11-23T01:30:00.000Z", "2026-11-23T01:30:00Z", "2026-11-23T03:30:00+02:00"];
  const bad = ["2026-11-23", "23.11.2026", "Mon Nov 23 2026 01:30:00 GMT+0000 (UTC)", "2026-13-01T00:00:00Z", ""];
  expect([...good, ...bad, `on ${good[0]}`, `${good[0]} "`].filter(accepts("date-time"))).toEqual(good);
});

test("an amount is below 2^256, in its one spelling", () => {
  const good = ["0", "1000000", `${2n ** 256n - 1n}`];
  expect([...good, `${2n ** 256n}`, "01", "-1", "1.0", "1e3", ""].filter(accepts("uint256"))).toEqual(good);
});

test("the making of the OpenAPI document leaves the formats as they are", async () => {
  await openApiOf(new Elysia(), "http://127.0.0.1:3000");
  expect(accepts("uuid")("ffffffff-0000-0000-0000-00000000000a")).toBe(true);
});
