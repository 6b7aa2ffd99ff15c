import { ledgerKind } from "../domains/portfolio/mod.ts";
import { inTurns, median, ratePerSecond } from "./_measure.ts";
import type { Figure } from "./_report.ts";
import { openFolder, openStores, post } from "./_stand.ts";

const many = 64;
const milliseconds = 700;
const rounds = 5;

/** What sharing a transaction and its fsync brings to commands that wait at the same moment. */
export async function commits(): Promise<Figure[]> {
  using folder = openFolder();
  const { database, stores } = openStores(folder.path, "commits");
  const ledgers = stores.open(ledgerKind);
  const command = () => post(ledgers, Bun.randomUUIDv7());
  await ratePerSecond(milliseconds, many, command);
  const samples = await inTurns(rounds, {
    single: () => ratePerSecond(milliseconds, 1, command),
    together: () => ratePerSecond(milliseconds, many, command),
  });
  database.close();
  return [
    { what: "Commits one by one", value: median(samples, ({ single }) => single), unit: "/s" },
    { what: `Commits at ${many} in flight`, value: median(samples, ({ together }) => together), unit: "/s" },
    {
      what: `Commits at ${many} in flight against one by one`,
      value: median(samples, ({ single, together }) => together / single),
      unit: "×",
      goal: { atLeast: 4 },
    },
  ];
}
