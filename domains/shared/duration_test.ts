import { expect, test } from "bun:test";
import { secondsOf } from "./mod.ts";

test.each([
  ["PT20M", 1_200],
  ["PT1H", 3_600],
  ["P1D", 86_400],
  ["P1DT12H", 129_600],
  ["PT1H2M3S", 3_723],
  ["PT0S", 0],
])("%s lasts %d seconds", (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});

test.each([
  "",
  "P",
  "PT",
  "P1DT",
  "20M",
  "P1M",
  "P1Y",
  "PT1.5H",
  "PT-1S",
  "-PT1S",
  "PT1M1H",
  "pt1h",
  "PT1H\n",
  "P999999D",
])("%j is no duration", (text) => {
  expect(secondsOf(text)).toBeUndefined();
});
