import { expect, test } from "bun:test";
import { amount } from "../shared/mod.ts";
import { evm } from "./_chain_test.ts";
import { start, view } from "./_flow_test.ts";
import { claimOf, definition, keyed, play, scopeOf, user } from "./_platform_test.ts";
import type { PlayDefinition } from "./play_terms.ts";

const wanted = amount("100");
const otherSpender = "0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9";

/** Two orders of one wallet: the first has begun, the second asks for its first transaction. */
async function twoOrders(second: Partial<PlayDefinition> = {}) {
  const started = await start();
  const { platform, id, mine } = started;
  const { claim, play_version, task } = platform.reactions;
  const other = { ...play, play: "p2" };
  await play_version.VersionPublished({ ...play, definition }, "p1-1", keyed("first published"));
  await play_version.VersionPublished({ ...other, definition: { ...definition, ...second } }, "p2-1", keyed("second"));
  await claim.CapacityClaimed(claimOf("o1", id, wanted), "o1", keyed("first claimed"));
  await claim.CapacityClaimed({ ...claimOf("o2", id, wanted), ...other }, "o2", keyed("second claimed"));
  const [{ intent } = {}] = definition.enter;
  if (!intent) throw new Error("no intent");
  const asked = { step: "s", compensation: false, user, wallet: id, network: evm.id, intent, scope: scopeOf(wanted) };
  await task.TransferAsked({ ...play, ...asked, transfer: "x1", order: "o1" }, "task1", keyed("first asked"));
  await platform.sender.idle();
  await mine(3);
  expect(await view(platform, "x1")).toMatchObject({ status: "final" });
  await task.TransferAsked({ ...other, ...asked, transfer: "x2", order: "o2" }, "task2", keyed("second asked"));
  await platform.sender.idle();
  return started;
}

test("an order that may use the same spender waits until the first is over, and then goes on by itself", async () => {
  const { platform, id, mine } = await twoOrders();
  await mine(3);
  expect(await view(platform, "x2")).toMatchObject({ status: "queued" });
  await platform.reactions.claim.CapacityReleased({ order: "o1", user, wallet: id }, "o1", keyed("released"));
  await platform.sender.idle();
  await mine(3);
  expect(await view(platform, "x2")).toMatchObject({ status: "final" });
});

test("an order of other spenders does not wait", async () => {
  const spenders = [otherSpender];
  const { platform, mine } = await twoOrders({ spenders });
  await mine(3);
  // Its play does not declare the spender: it was judged, and so had its turn.
  expect(await view(platform, "x2")).toMatchObject({ status: "failed", failure: { reason: "spender-undeclared" } });
});
