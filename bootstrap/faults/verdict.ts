/**
 * What a campaign left, counted: in the journals, in what services made of each other's events, in what people were told.
 *
 * @module
 */
import { until } from "../demo/until.ts";
import type { Outcome, Scale } from "./campaign.ts";
import type { Deeds } from "./deeds.ts";
import { effects, notices } from "./effects.ts";
import type { Money } from "./money.ts";
import { untilReady } from "./readiness.ts";
import { rebuiltFaults } from "./rebuilt.ts";
import { openRecords, type Recorded, type Records } from "./records.ts";
import type { Stage } from "./stage.ts";

type Judged = {
  readonly stage: Stage;
  readonly deeds: Deeds;
  readonly surprises: readonly string[];
  readonly money?: Money;
  readonly scale: Scale;
  readonly tell: (line: string) => void;
};

const patience = { short: 120_000, long: 1_200_000 } as const;

/** Waits until all is healed and quiet, then looks at everything. */
export async function judge({ stage, deeds, surprises, money, scale, tell }: Judged): Promise<Outcome> {
  await using records = await openRecords(stage.cluster);
  await healed(stage, records, patience[scale]);
  tell("All is healed and quiet");
  const events = await records.events();
  const { lost, doubled, unasked } = deeds.count(events);
  for (const counted of [effectFaults(events), await noticeFaults(records, events)]) {
    lost.push(...counted.lost);
    doubled.push(...counted.doubled);
  }
  const unexpected = [...unasked, ...surprises];
  const parked = (await Promise.all(records.books.map((each) => each.parked()))).flat();
  const misplaced = (await money?.faults(records)) ?? [];
  const rebuilt = await rebuiltFaults(stage, records, scale, tell);
  return {
    figures: {
      ...{ commands: deeds.done(), unanswered: deeds.unknown(), events: events.length },
      ...{ lost: lost.length, doubled: doubled.length, unexpected: unexpected.length, parked: parked.length },
      rebuilt: rebuilt.aggregates,
    },
    faults: [
      ...lost.map((each) => `Lost: ${each}`),
      ...doubled.map((each) => `Doubled: ${each}`),
      ...unexpected.map((each) => `Unexpected: ${each}`),
      ...[...parked, ...misplaced, ...rebuilt.faults],
    ],
  };
}

async function healed({ url, cluster }: Stage, records: Records, patience: number): Promise<void> {
  await untilReady({ url, cluster }, patience);
  let quiet = 0;
  const look = async () => {
    const left = await records.underWay().catch((error) => [`Nobody knows: ${error}`]);
    quiet = left.length === 0 ? quiet + 1 : 0;
    return left;
  };
  // What a consumer makes of the last event is an event of its own: between the two it looks quiet.
  await until("all events to be carried and consumed", look, () => quiet === 3, patience);
}

/** Each event that concerns another service took effect there once, whichever process reacted how often. */
function effectFaults(events: readonly Recorded[]) {
  const commits = new Map<string, Set<string>>();
  const caused = new Map<string, number>();
  for (const { name, kind, aggregate, key, commit } of events) {
    if (key === undefined) continue;
    const once = `${kind}/${aggregate} by ${key}`;
    commits.set(once, (commits.get(once) ?? new Set()).add(commit));
    const effect = `${name} by ${key.split("#")[0]}`;
    caused.set(effect, (caused.get(effect) ?? 0) + 1);
  }
  const lost: string[] = [];
  const doubled = [...commits].filter(([, { size }]) => size > 1).map(([once, { size }]) => `${once} ${size} times`);
  const ids = Map.groupBy(events, ({ name }) => name);
  for (const [cause, name] of effects) {
    for (const { id } of ids.get(cause) ?? []) {
      const count = caused.get(`${name} by ${id}`) ?? 0;
      if (count === 0) lost.push(`${name} by ${id}`);
      if (count > 1) doubled.push(`${name} by ${id} ${count} times`);
    }
  }
  return { lost, doubled };
}

async function noticeFaults({ books }: Records, events: readonly Recorded[]) {
  const happened = Map.groupBy(events, ({ name }) => name);
  const kept = books.find(({ service }) => service === "notification")?.db.collection("record_notification");
  const lost: string[] = [];
  const doubled: string[] = [];
  for (const [name, type] of notices) {
    const count = (await kept?.countDocuments({ "value.type": type })) ?? 0;
    const wanted = happened.get(name)?.length ?? 0;
    if (count < wanted) lost.push(`${wanted - count} notices of ${wanted} ${name}`);
    if (count > wanted) doubled.push(`${count - wanted} notices more than ${wanted} ${name}`);
  }
  return { lost, doubled };
}
