import { expect, test } from "bun:test";
import { nowhere, openPlace, placeKind, resume } from "./_place.ts";
import { openRecords } from "./_stand_test.ts";

const now = Date.parse("2026-11-23T00:00:00.000Z");
const day = 24 * 60 * 60 * 1000;
const daysAgo = (days: number) => new Date(now - days * day).toISOString();
const place = { stream: daysAgo(90), sequence: 500, at: daysAgo(2) };
const kept = { created: daysAgo(90), first: 400, firstAt: daysAgo(30), last: 600 };

test("a consumer goes on behind its place", () => {
  expect(resume(place, kept, now)).toEqual({ place });
  expect(resume(place, { ...kept, first: 501 }, now)).toEqual({ place });
  expect(resume(place, { ...kept, last: 500 }, now)).toEqual({ place });
  const empty = { created: daysAgo(90), first: 501, last: 500 };
  expect(resume(place, empty, now)).toEqual({ place });
  const fresh = { stream: daysAgo(0), sequence: 0, at: "" };
  expect(resume(fresh, { created: daysAgo(0), first: 0, last: 0 }, now)).toEqual({ place: fresh });
});

test("who needs what a stream no longer keeps is given it, and then the stream from its beginning", () => {
  const late = { ...place, at: daysAgo(40), sequence: 300 };
  const { place: next, lacking = "" } = resume(late, kept, now);
  expect(Date.parse(lacking)).toBeGreaterThan(Date.parse(kept.firstAt));
  expect(next).toEqual({ stream: kept.created, sequence: 399, at: lacking });
  expect(resume({ ...nowhere, at: lacking }, kept, now)).toEqual({ place: next });
  const expired = resume(late, { created: kept.created, first: 601, last: 600 }, now);
  expect(Date.parse(expired.lacking ?? "")).toBeGreaterThan(now);
});

test("a new consumer needs what is from before the stream", () => {
  const whole = { created: daysAgo(90), first: 1, firstAt: daysAgo(90), last: 600 };
  const { place: next, lacking = "" } = resume(nowhere, whole, now);
  expect(next).toEqual({ stream: whole.created, sequence: 0, at: lacking });
  expect(Date.parse(lacking)).toBe(now - 120 * day);
  expect(resume(nowhere, kept, now).lacking).toBe(
    resume({ ...place, sequence: 3, at: daysAgo(40) }, kept, now).lacking ?? "",
  );
});

test("a stream that was made anew is read from its beginning: what it was filled with is all that is needed", () => {
  const anew = { created: daysAgo(0), first: 1, firstAt: daysAgo(0), last: 900 };
  const { place: next, lacking } = resume(place, anew, now);
  expect(next).toMatchObject({ stream: anew.created, sequence: 0 });
  expect(lacking).toBeUndefined();
  const { lacking: older = "" } = resume({ ...place, at: daysAgo(45) }, anew, now);
  expect(Date.parse(older)).toBe(now - 30 * day);
});

test("a stream that has lost its end is another one", () => {
  const { place: next, lacking } = resume(place, { ...kept, last: 499 }, now);
  expect(next).toMatchObject({ stream: kept.created, sequence: 399 });
  expect(lacking).toBeUndefined();
});

test("who opens a place goes on where it was kept, and who had it open before finds out at the next save", async () => {
  const places = openRecords()(placeKind);
  const lost: string[] = [];
  const open = (reader: string) => openPlace(places, "c/play", () => void lost.push(reader));
  const first = await open("first");
  expect(first.from).toEqual(nowhere);
  await first.save(place);
  await first.save({ ...place, sequence: 501 });
  const second = await open("second");
  expect(second.from).toEqual({ ...place, sequence: 501 });
  await first.save({ ...place, sequence: 999 });
  await second.save({ ...place, sequence: 502 });
  expect(lost).toEqual(["first"]);
  expect((await open("third")).from).toEqual({ ...place, sequence: 502 });
});
