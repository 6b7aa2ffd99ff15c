import { load } from "./_http.ts";
import { inTurns, median } from "./_measure.ts";
import { residentMegabytes, startProxied } from "./_processes.ts";
import type { Figure } from "./_report.ts";

const connections = 32;
const milliseconds = 700;
const rounds = 7;

const notes = [
  "Each in a process of its own. By hand: Bun.serve and fetch, the answer's body passed on; no limits, balance, time-outs,",
  "repetition, nor headers taken out or set.",
];

/** What one origin for all services costs a request. */
export async function gateway(): Promise<Figure[]> {
  await using upstream = await startProxied("upstream");
  await using ours = await startProxied("gateway", upstream.url);
  await using byHand = await startProxied("by hand", upstream.url);
  const path = "/v1/plays?limit=10";
  const reads = Array.from({ length: connections }, () => ({ requests: [{ method: "GET", path }] }));
  const body = { label: "Savings", note: "x".repeat(500) };
  const writes = Array.from({ length: connections }, () => ({ requests: [{ method: "POST", path, body }] }));
  const rate = (url: string, lanes: typeof reads) => () => load(url, { lanes, milliseconds });
  const measures = {
    direct: rate(upstream.url, reads),
    read: rate(ours.url, reads),
    readByHand: rate(byHand.url, reads),
    written: rate(ours.url, writes),
    writtenByHand: rate(byHand.url, writes),
  };
  await inTurns(1, measures);
  const samples = await inTurns(rounds, measures);
  return [
    { what: "Reads through the gateway", value: median(samples, ({ read }) => read), unit: "/s" },
    {
      what: "A read through the gateway against a proxy by hand",
      value: median(samples, ({ read, readByHand }) => read / readByHand),
      unit: "×",
      goal: { atLeast: 0.7 },
      notes,
    },
    {
      what: "A write through the gateway against a proxy by hand",
      value: median(samples, ({ written, writtenByHand }) => written / writtenByHand),
      unit: "×",
      goal: { atLeast: 0.7 },
    },
    {
      what: "A read through the gateway against none, of a bare server",
      value: median(samples, ({ read, direct }) => read / direct),
      unit: "×",
    },
    { what: "Memory of the gateway after all this", value: await residentMegabytes(ours.pid), unit: "MB" },
  ];
}
