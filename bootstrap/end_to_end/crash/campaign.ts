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
import { freePort } from "../../free_port.ts";
import { startPlatform } from "../../platform.ts";
import { platformConfig } from "../stand.ts";
import { createInvestor, type Investor, type Placed, place, startTeam, type Wish } from "./people.ts";
import { createRandom, type Kill, ordersFor, planKills, type Random } from "./plan.ts";
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

const untilKilled = 120_000;

/** Runs it on a chain and a folder of its own. Most orders come at once; each kill brings those that lead up to it. */
export async function runCampaign({ seed, orders, reverting, kills, tell }: Campaign): Promise<Outcome> {
  const random = createRandom(seed);
  const data = mkdtempSync(join(tmpdir(), "lucent-crash-"));
  await using running = new AsyncDisposableStack();
  running.defer(() => rmSync(data, { recursive: true, force: true }));
  const development = running.use(await startDevelopment(data, () => {}));
  const port = freePort();
  const config = platformConfig(development, data, port);
  const { publicUrl: url } = config;
  const { investors, plays } = await setUp(development, config, Math.min(10, Math.ceil(orders / 2)));
  const good = wishesFor(orders - reverting, investors, { play: plays.good, end: "filled" }, random);
  const bad = wishesFor(reverting, investors, { play: plays.bad, end: "compensated" }, random);
  const plan = planKills(kills, orders > 5 * kills ? 1 : 0, random);
  if (reserved(plan, false) > good.length || reserved(plan, true) > bad.length) {
    throw new RangeError(`Cannot run a campaign of ${kills} kills: it takes more orders`);
  }
  const placing: Promise<Placed>[] = [];
  const release = (wishes: Wish[], count: number) => placing.push(...wishes.splice(0, count).map(place));
  const killed: string[] = [];
  {
    await using _team = startTeam(url);
    release(good, good.length - reserved(plan, false));
    release(bad, bad.length - reserved(plan, true));
    for (const [place, kill] of plan.entries()) {
      release(good, ordersFor(kill, false));
      release(bad, ordersFor(kill, true));
      killed.push(await runUntilKilled({ data, port, kill }));
      tell(`kill ${place + 1} of ${plan.length}: ${killed.at(-1)}`);
    }
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

/** How many orders the kills bring with them. */
function reserved(plan: readonly Kill[], fails: boolean): number {
  return plan.reduce((sum, kill) => sum + ordersFor(kill, fails), 0);
}

function wishesFor(
  count: number,
  investors: readonly Investor[],
  kind: Pick<Wish, "play" | "end">,
  random: Random,
): Wish[] {
  return Array.from({ length: count }, (_, place): Wish => {
    const amount = `${1_000_000 + Math.floor(random() * 50_000_000)}`;
    return { ...kind, investor: investors[place % investors.length] as Investor, amount, key: `${kind.end}-${place}` };
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
