import { freeOfHolds, orderIs, place } from "./investing.ts";
import type { Investor } from "./investor.ts";
import { balances, sameAsChain } from "./investor.ts";
import { holds, part, type Stage, same } from "./stage.ts";
import { carryOut, type Published, taskOf } from "./team.ts";

const amount = "1000000000";

/** A transaction is reverted on the chain: what was done before it is undone, the newest first. */
export async function undo(stage: Stage, investor: Investor, play: Published): Promise<void> {
  part("A transaction is reverted on the chain: the steps before it are undone in reverse");
  const { chain, contracts, assets, team } = stage;
  const { admin, approver } = team;
  const before = (await balances(investor))(assets.token).final;
  const { id } = await place(investor, play.id, { action: "enter", amount });
  const { id: task } = await taskOf(admin, id);
  await admin.post(`/v1/tasks/${task}/claim`);
  await admin.post(`/v1/tasks/${task}/steps/check/complete`, { evidence: { sharePrice: "1000000" } });
  await approver.post(`/v1/tasks/${task}/steps/release/approvals`, { decision: "approve" });
  await carryOut(admin, task, "allow", "deposit", "trip");
  const { reason } = await orderIs(investor, id, "compensated");
  same("why the order was undone", reason, "reverted");
  const { steps } = await taskOf(admin, id);
  same("its steps", Object.fromEntries(steps.map((step) => [step.id, step.status])), {
    ...{ check: "done", release: "done", allow: "undone", deposit: "undone", trip: "failed" },
  });
  const { address } = investor;
  same("the allowance that is left", await chain.allowance(contracts.token, address, contracts.vault), "0");
  same("vDUSD left on the chain", await chain.balance(contracts.vault, address), "0");
  await sameAsChain(stage, investor);
  const lost = BigInt(before) - BigInt((await balances(investor))(assets.token).final);
  // An ERC-4626 vault rounds against who comes and goes, by a base unit each way.
  holds(`the way there and back cost ${lost} base units of DUSD, of at most 2`, lost >= 0n && lost <= 2n);
  await freeOfHolds(stage, investor);
}
