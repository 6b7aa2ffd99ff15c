import { ledgerKind } from "../domains/portfolio/mod.ts";
import { inTurns, median, ratePerSecond } from "./_measure.ts";
import type { Figure } from "./_report.ts";
import { type Ledgers, openFolder, openStores, post } from "./_stand.ts";

const sizes = [1_000, 10_000, 100_000] as const;
const milliseconds = 600;
const rounds = 5;

/**
 * What a command costs where a store holds more and more aggregates, any of them as likely as any other. Flat but for disk pages:
 * commands that commit together share fewer of them.
 */
export async function scale(): Promise<Figure[]> {
  using folder = openFolder();
  const stands = await Promise.all(sizes.map((size) => fill(folder.path, size)));
  const measures = stands.map(({ ledgers, ids }, place) => {
    const any = () => post(ledgers, ids[Math.floor(Math.random() * ids.length)] ?? "");
    return [`${sizes[place]}`, async () => 1_000_000 / (await ratePerSecond(milliseconds, 64, any))] as const;
  });
  const samples = await inTurns(rounds, Object.fromEntries(measures));
  for (const { database } of stands) database.close();
  const cost = (size: number) => median(samples, (costs) => costs[`${size}`] ?? Number.NaN);
  return [
    ...sizes.map((size): Figure => ({ what: `A command at ${size} aggregates`, value: cost(size), unit: "µs" })),
    {
      what: "A command at 100000 aggregates against 1000",
      value: median(samples, (costs) => (costs["100000"] ?? Number.NaN) / (costs["1000"] ?? Number.NaN)),
      unit: "×",
      goal: { below: 2 },
    },
  ];
}

async function fill(folder: string, size: number) {
  const { database, stores } = openStores(folder, `scale-${size}`);
  const ledgers: Ledgers = stores.open(ledgerKind);
  const ids = Array.from({ length: size }, () => Bun.randomUUIDv7());
  for (let from = 0; from < size; from += 2_000) {
    await Promise.all(ids.slice(from, from + 2_000).map((id) => post(ledgers, id)));
  }
  return { database, ledgers, ids };
}
