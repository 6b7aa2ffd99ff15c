import type { Brand } from "./brand.ts";

/** A length of time, ISO 8601 without years and months: `PT20M`, `P1DT12H`. */
export type Duration = Brand<"Duration">;

const pattern = /^P(?!$)(?:(\d{1,5})D)?(?:T(?!$)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/;

/** Undefined where the text is not a duration. */
export function secondsOf(text: string): number | undefined {
  const parts = pattern.exec(text);
  if (!parts) return undefined;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
}
