import { expect, test } from "bun:test";
import { type Instant, isInstant, later, unixTime } from "./mod.ts";

test("later() counts over days, and keeps the milliseconds", () => {
  const at = "2026-12-31T23:59:59.250Z" as Instant;
  expect(later(at, 1)).toBe("2027-01-01T00:00:00.250Z" as Instant);
  expect(later(at, 0)).toBe(at);
  expect(later(at, -86_400)).toBe("2026-12-30T23:59:59.250Z" as Instant);
});

test("unixTime() is whole seconds, rounded down", () => {
  expect(unixTime("1970-01-01T00:00:01.999Z" as Instant)).toBe(1n);
  expect(unixTime("2026-11-23T01:30:00.000Z" as Instant)).toBe(1_795_397_400n);
});

test.each(["2026-11-23T01:30:00.000Z", "2024-02-29T23:59:59.999Z"])("%s is an instant", (text) => {
  expect(isInstant(text)).toBe(true);
});

test.each([
  ...["", "now", "2026-11-23", "2026-11-23T01:30:00Z", "2026-11-23T01:30:00.000", "2026-11-23T02:30:00.000+01:00"],
  ...["2026-02-29T00:00:00.000Z", "2026-11-23T24:00:00.000Z", "2026-11-23 01:30:00.000Z", "0"],
])("%j is no instant", (text) => {
  expect(isInstant(text)).toBe(false);
});
