import { freeOfHolds, orderIs, place } from "./investing.ts";
import { balances, type Investor, sameAsChain } from "./investor.ts";
import { holds, part, type Stage, same, tell } from "./stage.ts";
import { carryOut, type Published, type Task, taskOf } from "./team.ts";

/** A transaction is reverted on the chain: what was done before it is undone, the newest first. */
export async function undo(stage: Stage, investor: Investor, play: Published): Promise<void> {
  part("A transaction is reverted on the chain: the steps before it are undone in reverse");
  const { chain, contracts, assets } = stage;
  const { address } = investor;
  const before = (await balances(investor))(assets.token).final;
  const order = await trip(stage, investor, play, "1000000000");
  const { reason } = await orderIs(investor, order, "compensated");
  same("why the order was undone", reason, "reverted");
  same("its steps", stepsOf(await taskOf(stage.team.admin, order)), {
    ...{ check: "done", release: "done", allow: "undone", deposit: "undone", trip: "failed" },
  });
  same("the allowance that is left", await chain.allowance(contracts.token, address, contracts.vault), "0");
  same("vDUSD left on the chain", await chain.balance(contracts.vault, address), "0");
  await sameAsChain(stage, investor);
  const lost = BigInt(before) - BigInt((await balances(investor))(assets.token).final);
  // An ERC-4626 vault rounds against who comes and goes, by a base unit each way.
  holds(`the way there and back cost ${lost} base units of DUSD, of at most 2`, lost >= 0n && lost <= 2n);
  await freeOfHolds(stage, investor);
}

type Incident = { id: string; order?: string; status: string; reason: string };

/** What can't be undone waits for a person: an incident, which ends the order once it is resolved. */
export async function stick(stage: Stage, investor: Investor, play: Published): Promise<void> {
  part("What can't be undone becomes an incident, for a person to settle");
  const { admin } = stage.team;
  const order = await trip(stage, investor, play, "1000000");
  const { reason } = await orderIs(investor, order, "incident");
  same("why it takes a person", reason, "step-without-compensation");
  const { items } = await admin.get<{ items: Incident[] }>("/v1/incidents?status=open");
  const incident = items.find((each) => each.order === order);
  holds("the incident names the order", incident !== undefined);
  const resolved = await admin.post<Incident>(`/v1/incidents/${incident?.id}/resolve`, {
    resolution: "The shares stay in the wallet, as agreed with the user",
  });
  tell(`resolved with a wallet signature over the resolution: ${resolved.status}`);
  await freeOfHolds(stage, investor);
  await sameAsChain(stage, investor);
}

/** Orders, and carries the order's task out up to the transaction that is reverted. */
async function trip({ team }: Stage, investor: Investor, play: Published, amount: string): Promise<string> {
  const { admin, approver } = team;
  const { id } = await place(investor, play.id, { action: "enter", amount });
  const { id: task } = await taskOf(admin, id);
  await admin.post(`/v1/tasks/${task}/claim`);
  await admin.post(`/v1/tasks/${task}/steps/check/complete`, { evidence: { sharePrice: "1000000" } });
  await approver.post(`/v1/tasks/${task}/steps/release/approvals`, { decision: "approve" });
  await carryOut(admin, task, "allow", "deposit", "trip");
  return id;
}

function stepsOf({ steps }: Task): Record<string, string> {
  return Object.fromEntries(steps.map((step) => [step.id, step.status]));
}
