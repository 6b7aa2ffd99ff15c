/**
 * `npm run demo`: the platform's main job over HTTP, as a client would do it, against the platform that runs or one that it
 * starts. Every figure is compared with what the chain says, read without the platform; the first that is wrong ends it.
 *
 * @module
 */
import { signIn } from "./client.ts";
import { readConfig } from "./config.ts";
import { createDemoChain } from "./demo/chain.ts";
import { enter, leave } from "./demo/investing.ts";
import { arrive, deposit, withdraw } from "./demo/investor.ts";
import { findPlatform } from "./demo/platform.ts";
import { checkJournals, checkLedger, checkTold, listen } from "./demo/records.ts";
import type { Stage } from "./demo/stage.ts";
import { publish } from "./demo/team.ts";
import { undo } from "./demo/undoing.ts";
import { developmentSigner } from "./development/accounts.ts";
import { chainUrlOf } from "./development/anvil.ts";
import { deployContracts } from "./development/deploy.ts";
import { trippingPlay, vaultPlay } from "./development/vault_play.ts";

const outcome = readConfig(process.env);
if ("faults" in outcome) {
  process.stderr.write(`${outcome.faults.join("\n")}\n`);
  process.exit(1);
}

try {
  await using platform = await findPlatform(outcome.config);
  await play(await setUp(platform.url, outcome.config.data));
} catch (error) {
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
process.stdout.write("\nEvery figure held.\n");
process.exit(0);

async function setUp(url: string, data: string): Promise<Stage> {
  const chainUrl = chainUrlOf(data);
  if (!chainUrl) throw new Error(`There is no local chain in "${data}": give the LUCENT_DATA of the running platform`);
  const contracts = await deployContracts(chainUrl);
  const { network, token, vault } = contracts;
  const [admin, approver] = [
    await signIn(url, developmentSigner("admin")),
    await signIn(url, developmentSigner("approver")),
  ];
  return {
    ...{ url, contracts, team: { admin, approver }, chain: createDemoChain(chainUrl) },
    assets: { native: `${network}/slip44:60`, token: `${network}/erc20:${token}`, shares: `${network}/erc20:${vault}` },
  };
}

async function play(stage: Stage): Promise<void> {
  const { contracts } = stage;
  const investor = await arrive(stage);
  const live = await listen(investor);
  await deposit(stage, investor);
  const steady = await publish(stage, vaultPlay(contracts, `Steady vault ${stamp()}`));
  const position = await enter(stage, investor, steady);
  await leave(stage, investor, steady, position);
  const tripping = await publish(stage, trippingPlay(contracts, `Tripping vault ${stamp()}`));
  await undo(stage, investor, tripping);
  await withdraw(stage, investor);
  await checkTold(investor, live);
  live.close();
  await checkLedger(stage, investor);
  await checkJournals(stage, investor);
  for (const { id } of [steady, tripping]) {
    await stage.team.admin.post(`/v1/plays/${id}/retire`, { reason: "The demo is over" });
  }
  stage.chain.close();
}

/** Tells the plays of two demos apart. */
function stamp(): string {
  return new Date().toISOString().slice(0, 19).replace("T", " ");
}
