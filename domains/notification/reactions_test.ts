import { expect, test } from "bun:test";
import { type Cause, NotYetKnown } from "../../ports/mod.ts";
import type { UserId } from "../shared/mod.ts";
import type { Message } from "./notification.ts";
import { notificationReactions } from "./reactions.ts";

const ann = "ann" as UserId;
const cause: Cause = { actor: ann, correlation: "c1", key: "order/o1/1" };

function listen() {
  const told: Message[] = [];
  const ended: unknown[] = [];
  const owners = new Map<string, UserId>();
  const reactions = notificationReactions({
    async notify(message) {
      told.push(message);
      return { ok: true };
    },
    async own(transfer, user) {
      owners.set(transfer, user);
      return { ok: true };
    },
    ownerOf: async (transfer) => owners.get(transfer),
    disconnect: (...given) => ended.push(given),
  });
  return { told, ended, reactions };
}

test("a user is told of every status of their orders", async () => {
  const { told, reactions } = listen();
  const { order } = reactions;
  const placed = { play: "p1", version: 1, wallet: "w1", action: "enter", amount: "5", asset: "a1", by: "u9" };
  await order.OrderPlaced({ user: ann, ...placed }, "o1", cause);
  await order.OrderHeld({ user: ann }, "o1", cause);
  await order.OrderRefused({ user: ann, reason: "funds" }, "o1", cause);
  expect(told).toEqual([
    { audience: ann, type: "order.placed", title: "Order placed", data: { order: "o1", ...placed } },
    { audience: ann, type: "order.held", title: "Funds set aside for the order", data: { order: "o1" } },
    { audience: ann, type: "order.refused", title: "Order refused", data: { order: "o1", reason: "funds" } },
  ]);
});

test("what is told names what the client needs, and nothing else of the event", async () => {
  const { told, reactions } = listen();
  const event = { user: ann, reason: "revert", detail: "secret", stack: "trace" };
  await reactions.order.OrderCompensating(event, "o1", cause);
  expect(told[0]?.data).toEqual({ order: "o1", reason: "revert" });
});

test("a transfer's later events reach whom its first one named", async () => {
  const { told, reactions } = listen();
  const { transfer } = reactions;
  await expect(transfer.TransferSubmitted({ hash: "0x1" }, "t1", cause)).rejects.toThrow(NotYetKnown);
  await transfer.TransferRequested({ user: ann }, "t1");
  await transfer.TransferSubmitted({ hash: "0x1" }, "t1", cause);
  expect(told).toEqual([
    { audience: ann, type: "transfer.submitted", title: "Transfer submitted", data: { transfer: "t1", hash: "0x1" } },
  ]);
});

test("the team's news go to who holds the permission", async () => {
  const { told, reactions } = listen();
  await reactions.task.TaskClaimed({ by: "bob", until: "later" }, "t1", cause);
  await reactions.incident.IncidentOpened({ reason: "lost", order: "o1" }, "i1", cause);
  await reactions.play.PlayOffered({ digest: "d", by: "bob" }, "p1", cause);
  await reactions.play.PlayPaused({ reason: "audit", by: "bob" }, "p1", cause);
  expect(told.map(({ audience, type }) => `${audience} ${type}`)).toEqual([
    "task:read task.claimed",
    "incident:read incident.opened",
    "play:approve play.offered",
    "play:publish play.paused",
  ]);
});

test("who may no longer listen is disconnected, and told", async () => {
  const { told, ended, reactions } = listen();
  const { user } = reactions;
  await user.SessionsEnded({ sessions: ["s1"], reason: "reuse" }, ann, cause);
  await user.RolesChanged({ roles: ["user"] }, ann, cause);
  await user.PermissionsChanged({ granted: [], denied: ["task:read"] }, ann, cause);
  await user.UserSuspended({ reason: "fraud" }, ann, cause);
  await user.UserReactivated({ reason: "cleared" }, ann, cause);
  expect(ended).toEqual([
    [ann, "session-ended", ["s1"]],
    [ann, "permissions-changed"],
    [ann, "permissions-changed"],
    [ann, "session-ended"],
  ]);
  expect(told.map(({ type }) => type)).toEqual([
    "security.sessions-ended",
    "security.roles-changed",
    "security.permissions-changed",
    "security.suspended",
    "security.reactivated",
  ]);
});
