/**
 * A crash campaign: orders under way, some of them bound to fail, and a platform that is killed again and again.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signIn } from "../../client.ts";
import { developmentSigner } from "../../development/accounts.ts";
import { type Development, startDevelopment } from "../../development/mod.ts";
import { trippingPlay, vaultPlay } from "../../development/vault_play.ts";
import { startPlatform } from "../../platform.ts";
import { freePort, platformConfig } from "../stand.ts";
import { createInvestor, type Investor, type Placed, place, startTeam, type Wish } from "./people.ts";
import { createRandom, type Kill, pick, planKills, type Random } from "./plan.ts";
import { judge, type Verdict } from "./verdict.ts";

export type Campaign = {
  readonly seed: number;
  readonly orders: number;
  /** How many of the orders are bound to be reverted. */
  readonly reverting: number;
  readonly kills: number;
  readonly tell: (line: string) => void;
};

export type Outcome = Verdict & { readonly killed: readonly string[] };

const investorsAtMost = 10;
const untilKilled = 120_000;

/** Runs it on a chain and a folder of its own. Half of the orders come at once, the others between the kills. */
export async function runCampaign({ seed, orders, reverting, kills, tell }: Campaign): Promise<Outcome> {
  const random = createRandom(seed);
  const data = mkdtempSync(join(tmpdir(), "lucent-crash-"));
  await using running = new AsyncDisposableStack();
  running.defer(() => rmSync(data, { recursive: true, force: true }));
  const development = running.use(await startDevelopment(data, () => {}));
  const port = freePort();
  const config = platformConfig(development, data, port);
  const { publicUrl: url } = config;
  const { investors, plays } = await setUp(development, config, Math.min(investorsAtMost, orders));
  const wishes = wishesOf(investors, plays, { orders, reverting }, random);
  const placing: Promise<Placed>[] = [];
  const release = (count: number) => placing.push(...wishes.splice(0, count).map(place));
  const killed: string[] = [];
  {
    await using _team = startTeam(url);
    release(Math.ceil(orders / 2));
    const plan = planKills(kills, random);
    for (const [place, kill] of plan.entries()) {
      release(Math.floor(wishes.length / (plan.length - place + 1)));
      killed.push(await runUntilKilled({ data, port, kill }));
      tell(`kill ${place + 1} of ${plan.length}: ${killed.at(-1)}`);
    }
    release(wishes.length);
    const platform = await startPlatform(config);
    running.use(platform);
    const placed = await Promise.all(placing);
    return { ...(await judge(platform, development, investors, placed)), killed };
  }
}

type Plays = { readonly good: string; readonly bad: string };

/** Two plays, and investors with money. */
async function setUp(development: Development, config: Parameters<typeof startPlatform>[0], count: number) {
  await using _platform = await startPlatform(config);
  const url = config.publicUrl;
  await development.seed(url);
  const admin = await signIn(url, developmentSigner("admin"));
  const approver = await signIn(url, developmentSigner("approver"));
  const publish = async (definition: object) => {
    const { id, digest } = await admin.post<{ id: string; digest: string }>("/v1/plays", definition);
    await admin.post(`/v1/plays/${id}/publish`);
    await approver.post(`/v1/plays/${id}/approvals`, { decision: "approve", digest });
    return id;
  };
  const plays: Plays = {
    good: await publish(vaultPlay(development.contracts, "Campaign")),
    bad: await publish(trippingPlay(development.contracts, "Campaign into the tripwire")),
  };
  const investors = await Promise.all(Array.from({ length: count }, () => createInvestor(url, development)));
  return { investors, plays };
}

function wishesOf(
  investors: readonly Investor[],
  { good, bad }: Plays,
  counts: Pick<Campaign, "orders" | "reverting">,
  random: Random,
): Wish[] {
  const { orders, reverting } = counts;
  const every = orders / reverting;
  return Array.from({ length: orders }, (_, place): Wish => {
    // Spread evenly: whenever a kill waits for a failure, one is still to come.
    const trips = Math.floor((place + 1) / every) > Math.floor(place / every);
    const kind = trips ? ({ play: bad, end: "compensated" } as const) : ({ play: good, end: "filled" } as const);
    const amount = `${1_000_000 + Math.floor(random() * 50_000_000)}`;
    return { ...kind, investor: pick(investors, random), amount, key: `wish-${place}` };
  });
}

async function runUntilKilled(order: {
  readonly data: string;
  readonly port: number;
  readonly kill: Kill;
}): Promise<string> {
  const main = join(import.meta.dir, "crashing_main.ts");
  const child = Bun.spawn([process.execPath, main, JSON.stringify(order)], { stdio: ["ignore", "pipe", "inherit"] });
  const timer = setTimeout(() => child.kill("SIGTERM"), untilKilled);
  const words = await new Response(child.stdout).text();
  await child.exited;
  clearTimeout(timer);
  const { event, point } = order.kill;
  if (words.trim() !== `${event} ${point}` || child.signalCode !== "SIGKILL") {
    throw new Error(`The platform was to die at ${event}, ${point}; it ended by ${child.signalCode}: ${words}`);
  }
  return words.trim();
}
