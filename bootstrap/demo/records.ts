import type { Investor } from "./investor.ts";
import { holds, part, type Stage, same, tell } from "./stage.ts";
import { until } from "./until.ts";

type Frame = { cursor: string; type: string };
type Page<Item> = { items: Item[]; next?: string };
type Leg = { account: string; asset: string; delta: string };
type Verification = { holds: boolean; services: { service: string; entries: number; roots: number }[] };

export type Listening = Awaited<ReturnType<typeof listen>>;

/** Listens to what the platform tells somebody: what comes after the newest notice, unless an older one is named. */
export async function listen({ client }: Pick<Investor, "client">, from?: string) {
  const { url } = await client.post<{ url: string }>("/v1/realtime/tickets");
  const newest = await client.get<Page<Frame>>("/v1/notifications?limit=1");
  const after = from ?? newest.items[0]?.cursor;
  const frames: Frame[] = [];
  const socket = new WebSocket(after === undefined ? url : `${url}&after=${after}`);
  const { promise: open, resolve, reject } = Promise.withResolvers<void>();
  socket.onopen = () => resolve();
  socket.onerror = () => reject(new Error("The realtime feed refused the socket"));
  socket.onmessage = ({ data }) => frames.push(JSON.parse(String(data)));
  await open;
  return { after: after ?? "", frames, close: () => socket.close() };
}

/** What a user was told live is what the inbox has; a socket that comes back is told what it missed. */
export async function checkTold({ client }: Investor, { after, frames }: Listening): Promise<void> {
  part("They were told of every change as it happened, and find it in the inbox");
  const inbox = await everything<Frame>((page) => client.get(`/v1/notifications?limit=200${page}`));
  const wanted = cursorsOf(inbox, after);
  // What comes while this looks is in the feed, and not in the inbox as it was read.
  const newest = wanted.at(-1) ?? "";
  const toldBy = (told: readonly Frame[]) => cursorsOf(told).filter((cursor) => cursor <= newest);
  await until(
    "the last frames",
    async () => toldBy(frames).length,
    (count) => count >= wanted.length,
    10_000,
  );
  same(`of ${wanted.length} notices, those not told live, in their order`, differing(wanted, toldBy(frames)), []);
  tell(`told: ${[...new Set(frames.map(({ type }) => type))].join(", ")}`);
  const seen = wanted[Math.floor(wanted.length / 2)] ?? "";
  const missed = wanted.filter((cursor) => cursor > seen);
  const again = await listen({ client }, seen);
  await until(
    "the replay",
    async () => toldBy(again.frames).length,
    (count) => count >= missed.length,
    10_000,
  );
  again.close();
  same(`of ${missed.length} missed, those not replayed`, differing(missed, toldBy(again.frames)), []);
}

/** Cursors sort by age. */
function cursorsOf(frames: readonly Frame[], after = ""): string[] {
  return frames
    .map(({ cursor }) => cursor)
    .filter((cursor) => cursor > after)
    .sort();
}

/** The ledger: every entry sums to zero, and what is the user's is what the chain says. */
export async function checkLedger({ chain, contracts, assets }: Stage, investor: Investor): Promise<void> {
  part("The ledger is double entry: it sums to zero by asset, and to what is on the chain");
  const { client, address } = investor;
  const entries = await everything<{ legs: Leg[] }>((after) => client.get(`/v1/portfolio/entries?limit=200${after}`));
  const unbalanced = entries.filter(({ legs }) => [...sums(legs).values()].some((sum) => sum !== 0n));
  same(`entries of ${entries.length} that do not sum to zero`, unbalanced.length, 0);
  const own = sums(entries.flatMap(({ legs }) => legs).filter(({ account }) => !/^(external|fees:)/.test(account)));
  const of = (asset: string) => `${own.get(asset) ?? 0n}`;
  same("ETH (wei) in the ledger, as on the chain", of(assets.native), await chain.native(address));
  same("DUSD in the ledger, as on the chain", of(assets.token), await chain.balance(contracts.token, address));
  same("vDUSD in the ledger, as on the chain", of(assets.shares), await chain.balance(contracts.vault, address));
}

/** Every change is in the journals, and they hold. */
export async function checkJournals({ team: { admin } }: Stage, { client }: Investor): Promise<void> {
  part("Every change is in the journals: chained by hashes, under signed roots");
  const { items } = await admin.get<Page<{ type: string }>>(`/v1/audit?user=${client.user}&limit=200`);
  tell(`caused by this user: ${items.length} entries, ${[...new Set(items.map(({ type }) => type))].join(", ")}`);
  tell("waiting for the minute's signed roots");
  const verify = () => admin.get<Verification>("/v1/audit/verification");
  const isSigned = ({ services }: Verification) => services.every(({ entries, roots }) => roots > 0 || entries === 0);
  const verified = await until("signed roots", verify, isSigned, 90_000);
  for (const { service, entries, roots } of verified.services) tell(`${service}: ${entries} entries, ${roots} roots`);
  holds("hashes, order, roots and signatures of all journals", verified.holds);
}

function sums(legs: readonly Leg[]): Map<string, bigint> {
  const all = new Map<string, bigint>();
  for (const { asset, delta } of legs) all.set(asset, (all.get(asset) ?? 0n) + BigInt(delta));
  return all;
}

async function everything<Item>(read: (after: string) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let after = "";
  for (;;) {
    const page = await read(after);
    items.push(...page.items);
    if (page.next === undefined) return items;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
}

function differing(a: readonly string[], b: readonly string[]): string[] {
  return [...a.filter((each) => !b.includes(each)), ...b.filter((each) => !a.includes(each))];
}
