/**
 * Whether every state is what its journal makes of it, and the journals hold: chains, signed roots, and nothing beside them.
 *
 * @module
 */
import { until } from "../demo/until.ts";
import { differences } from "../rebuild.ts";
import type { Scale } from "./campaign.ts";
import type { Books, Records } from "./records.ts";
import type { Stage } from "./stage.ts";

type Verification = {
  readonly holds: boolean;
  readonly services: readonly {
    readonly service: string;
    readonly entries: number;
    readonly roots: number;
    readonly offence?: unknown;
  }[];
};

/** Roots are signed by the minute. */
const untilSigned = 150_000;

export async function rebuiltFaults({ team }: Stage, { books }: Records, scale: Scale, tell: (line: string) => void) {
  const faults: string[] = [];
  let aggregates = 0;
  for (const each of books) {
    const { journal, stores, service } = each;
    const different = await differences(journal, stores);
    faults.push(...different.map((name) => `${name} is not what its journal makes of it`));
    const counted = await countOf(each);
    aggregates += counted.stored;
    if (counted.stored !== counted.journalled) {
      faults.push(`${service} keeps ${counted.stored} aggregates, and its journal knows ${counted.journalled}`);
    }
  }
  tell(`${aggregates} aggregates rebuilt from their journals`);
  const verify = () => team.admin.read<Verification>("/v1/audit/verification");
  const signed = ({ services }: Verification) => services.every(({ entries, roots }) => roots > 0 || entries === 0);
  const verified =
    scale === "long"
      ? await until("signed roots", verify, (found) => signed(found) || !found.holds, untilSigned)
      : await verify();
  if (!verified.holds) faults.push(`The journals do not hold: ${JSON.stringify(verified.services)}`);
  const roots = verified.services.reduce((sum, each) => sum + each.roots, 0);
  tell(`The journals hold, under ${roots} signed roots`);
  return { faults, aggregates };
}

async function countOf({ db, stores }: Books) {
  const counts = stores.map(({ kind }) => db.collection(`aggregate_${kind.name}`).countDocuments({}));
  const stored = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  const firsts = await db.collection<{ revision: number }>("journal").countDocuments({ revision: 1 });
  return { stored, journalled: firsts };
}
