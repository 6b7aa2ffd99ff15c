import { signIn } from "../client.ts";
import { developmentSigner } from "../development/accounts.ts";
import type { Contracts } from "../development/deploy.ts";
import { stickingPlay, trippingPlay, vaultPlay } from "../development/vault_play.ts";
import { createDemoChain } from "./chain.ts";
import { enter, leave } from "./investing.ts";
import { arrive, deposit, type Investor, withdraw } from "./investor.ts";
import { checkJournals, checkLedger, checkTold, listen } from "./records.ts";
import type { Stage } from "./stage.ts";
import { publish } from "./team.ts";
import { stick, undo } from "./undoing.ts";

/** Where the story plays. */
export type Setting = { readonly url: string; readonly chainUrl: string; readonly contracts: Contracts };

/** The main job, from sign-in to withdrawal; throws at the first figure that is not what the chain says. */
export async function playStory(setting: Setting): Promise<Investor> {
  const stage = await setUp(setting);
  const { contracts, chain, team } = stage;
  const investor = await arrive(stage);
  const live = await listen(investor);
  await deposit(stage, investor);
  const steady = await publish(stage, vaultPlay(contracts, `Steady vault ${stamp()}`));
  const position = await enter(stage, investor, steady);
  await leave(stage, investor, steady, position);
  const tripping = await publish(stage, trippingPlay(contracts, `Tripping vault ${stamp()}`));
  await undo(stage, investor, tripping);
  const sticking = await publish(stage, stickingPlay(contracts, `Sticking vault ${stamp()}`));
  await stick(stage, investor, sticking);
  await withdraw(stage, investor);
  await checkTold(investor, live);
  live.close();
  await checkLedger(stage, investor);
  await checkJournals(stage, investor);
  for (const { id } of [steady, tripping, sticking]) {
    await team.admin.post(`/v1/plays/${id}/retire`, { reason: "The demo is over" });
  }
  chain.close();
  return investor;
}

/** The team signed in, and the chain as anybody sees it. */
export async function setUp({ url, chainUrl, contracts }: Setting): Promise<Stage> {
  const { network, token, vault } = contracts;
  const admin = await signIn(url, developmentSigner("admin"));
  const approver = await signIn(url, developmentSigner("approver"));
  return {
    ...{ url, contracts, team: { admin, approver }, chain: createDemoChain(chainUrl) },
    assets: { native: `${network}/slip44:60`, token: `${network}/erc20:${token}`, shares: `${network}/erc20:${vault}` },
  };
}

/** Tells the plays of two demos apart. */
function stamp(): string {
  return new Date().toISOString().slice(0, 19).replace("T", " ");
}
