import { expect, test } from "bun:test";
import { amount } from "../shared/mod.ts";
import {
  after,
  claims,
  completes,
  fails,
  givesUp,
  lands,
  naming,
  none,
  opens,
  refused,
  retries,
  reverts,
  scope,
  told,
  typesOf,
} from "./_steps_test.ts";
import { admin, allow, at, check, deposit, effectsOf, native, pay, shares, usd } from "./_world_test.ts";
import type { StepDefinition } from "./offer.ts";
import { settleTransfer } from "./settling.ts";
import type { TaskEvent } from "./task.ts";
import { openTask } from "./working.ts";

const deposited = { [usd]: "-100", [shares]: "95" };
const redeemed = { [usd]: "99", [shares]: "-95" };
const noted = (what: string) => ({ ok: true, events: [{ type: "TaskNoted", what }] }) as const;

const allowing = after(none, opens(allow, deposit, check), claims(), completes("allow"));
const depositing = after(allowing, lands("do-allow-1"), completes("deposit"));
const checking = after(depositing, lands("do-deposit-1", deposited));
const lone = (step: StepDefinition) => after(none, opens(step), claims(), completes(step.id));

test("a transaction that landed is done, with its effects and without its fee", () => {
  const landed = lands("do-deposit-1", deposited)(depositing);
  const effects = effectsOf(deposited);
  expect(landed).toEqual({
    ok: true,
    events: [{ type: "StepSucceeded", step: "deposit", transfer: "do-deposit-1", effects }],
  });
  expect(checking.steps[1]).toMatchObject({ status: "done", effects });
});

test("a fee in an asset that moved is taken out of its effect, and no more", () => {
  const fee = { asset: native, amount: amount("21") };
  const effects = effectsOf({ [native]: "-121" });
  const landed = settleTransfer(allowing, { transfer: "do-allow-1", outcome: "success", effects, fee }, told);
  expect(landed).toMatchObject({ events: [{ effects: effectsOf({ [native]: "-100" }) }] });
});

test("the last step's end is the task's, with the net effects of all its steps", () => {
  const landed = lands("do-deposit-1", { ...deposited, [native]: "0" })(
    after(none, opens(deposit), claims(), completes("deposit")),
  );
  expect(landed.ok && landed.events.at(-1)).toEqual({
    ...{ type: "TaskCompleted", order: "o1", effects: effectsOf(deposited) },
  } as TaskEvent);
  const done = after(checking, completes("check"));
  expect(done).toMatchObject({ status: "completed", assignee: admin });
  expect(done.lease).toBeUndefined();
  expect(done.wakeAt).toBeUndefined();
});

test("a transaction that reverted undoes the steps before it, the newest first", () => {
  expect(typesOf(reverts("do-deposit-1")(depositing))).toEqual(["StepFailed", "TaskCompensating", "TransferAsked"]);
  const undoing = after(depositing, reverts("do-deposit-1"));
  expect(undoing).toMatchObject({
    ...{ status: "compensating", reason: "reverted" },
    steps: [{ status: "undoing", transfer: "undo-allow-1" }, { status: "failed", reason: "reverted" }, {}],
  });
  expect(typesOf(lands("undo-allow-1")(undoing))).toEqual(["StepCompensated", "TaskCompensated"]);
});

test("steps are undone one after another: the next only when the one before has landed", () => {
  const given = after(checking, givesUp("check"));
  expect(given.steps.map(({ status }) => status)).toEqual(["done", "undoing", "failed"]);
  const next = after(given, lands("undo-deposit-1", redeemed));
  expect(next.steps.map(({ status }) => status)).toEqual(["undoing", "undone", "failed"]);
  const last = lands("undo-allow-1")(next);
  expect(last.ok && last.events.at(-1)).toEqual({
    type: "TaskCompensated",
    order: "o1",
    reason: "gave up",
    effects: effectsOf({ [usd]: "-1" }),
  });
});

test("what undoes a step is asked for with the effects of the steps", () => {
  const asked = givesUp("check")(checking);
  const compensation = deposit.type === "transaction" && deposit.compensation;
  expect(asked.ok && asked.events.at(-1)).toMatchObject({
    ...{ type: "TransferAsked", step: "deposit", transfer: "undo-deposit-1", compensation: true, intent: compensation },
    scope: { steps: { allow: { effects: [], tokens: [] }, deposit: { effects: effectsOf(deposited) } } },
  } as object);
});

test("tokens that a step brought are facts for the ones after it", () => {
  const token = `eip155:31337/erc721:0xNft/7` as typeof usd;
  const minted = after(allowing, lands("do-allow-1", { [token]: "1" }));
  const asked = completes("deposit")(minted);
  expect(asked.ok && asked.events[0]).toMatchObject({
    scope: { steps: { allow: { tokens: [{ contract: "0xNft", id: "7" }] } } },
  });
});

test("when there is nothing to undo, the task ends at once", () => {
  expect(typesOf(reverts("do-deposit-1")(lone(deposit)))).toEqual([
    ...["StepFailed", "TaskCompensating", "TaskCompensated"],
  ]);
});

test("a step that changed nothing and has no way back needs none; one that changed something takes a person", () => {
  const task = after(
    none,
    opens(allow, pay, check),
    claims(),
    completes("allow"),
    lands("do-allow-1"),
    completes("pay"),
  );
  const free = after(task, lands("do-pay-1"));
  expect(typesOf(givesUp("check")(free))).toEqual([
    ...["StepFailed", "TaskCompensating", "StepCompensated", "TransferAsked"],
  ]);
  const paid = givesUp("check")(after(task, lands("do-pay-1", { [usd]: "-1" })));
  expect(paid.ok && paid.events.at(-1)).toEqual({
    ...{ type: "TaskStuck", order: "o1", incident: "incident", reason: "step-without-compensation" },
    effects: effectsOf({ [usd]: "-1" }),
  } as TaskEvent);
});

test("a compensation that reverts, or fails, takes a person", () => {
  const undoing = after(checking, givesUp("check"));
  const effects = effectsOf(deposited);
  const stuck = { type: "TaskStuck", order: "o1", incident: "incident", effects } as const;
  const reverted = reverts("undo-deposit-1")(undoing);
  expect(reverted).toEqual({ ok: true, events: [{ ...stuck, reason: "compensation-reverted" }] });
  const failed = fails("undo-deposit-1", "fee-above-hold")(undoing);
  expect(failed).toEqual({ ok: true, events: [{ ...stuck, reason: "fee-above-hold" }] });
  expect(after(undoing, reverts("undo-deposit-1"))).toMatchObject({ status: "stuck", incident: "incident" });
});

test.each(["fee-above-hold", "loss-above-slippage", "network-not-served", "value-unreadable"])(
  "%s may pass: the step waits for a person to try again",
  (reason) => {
    const failed = fails("do-deposit-1", reason)(depositing);
    const event = { type: "StepFailed", step: "deposit", transfer: "do-deposit-1", reason, final: false } as const;
    expect(failed).toEqual({ ok: true, events: [event] });
    const again = after(depositing, fails("do-deposit-1", reason), retries("deposit"), completes("deposit"));
    expect(after(again, lands("do-deposit-2", deposited)).steps[1]).toMatchObject({ status: "done", attempt: 2 });
    const given = after(depositing, fails("do-deposit-1", reason), givesUp("deposit"));
    expect(given).toMatchObject({ status: "compensating", reason: "gave up" });
  },
);

test.each(["simulation-reverted", "contract-undeclared", "outflow-above-hold", "value-out-of-range"])(
  "%s would be the same the next time: the task is undone",
  (reason) => {
    expect(typesOf(fails("do-deposit-1", reason)(depositing))).toEqual([
      ...["StepFailed", "TaskCompensating", "TransferAsked"],
    ]);
  },
);

test("what ends late, twice, or was never asked for is noted, and changes nothing", () => {
  const failed = after(depositing, fails("do-deposit-1", "fee-above-hold"));
  const retried = after(failed, retries("deposit"), completes("deposit"));
  const undoing = after(checking, givesUp("check"));
  const stuck = after(undoing, reverts("undo-deposit-1"));
  const over = after(none, opens(allow), claims(), completes("allow"), lands("do-allow-1"));
  for (const [task, transfer] of [
    [none, "do-allow-1"],
    [allowing, "do-deposit-1"],
    [depositing, "do-allow-1"],
    [failed, "do-deposit-1"],
    [retried, "do-deposit-1"],
    [undoing, "do-deposit-1"],
    [stuck, "undo-deposit-1"],
    [over, "do-allow-1"],
  ] as const) {
    expect(lands(transfer, deposited)(task)).toEqual(noted(`settlement of ${transfer}`));
    expect(reverts(transfer)(task)).toEqual(noted(`settlement of ${transfer}`));
    expect(fails(transfer)(task)).toEqual(noted(`failure of ${transfer}`));
    if (task.status !== "none") expect(after(task, fails(transfer))).toEqual(task);
  }
});

test("a task without an order asks for no transaction", () => {
  const opening = { title: "Books", group: "accounting", priority: "low", steps: [allow], at } as const;
  const task = after(none, (before) => openTask(before, opening, naming), claims());
  expect(completes("allow")(task)).toEqual(refused("step-not-executable"));
  expect(scope.id).toBe("o1");
});
