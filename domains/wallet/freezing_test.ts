import { expect, test } from "bun:test";
import type { UserId } from "../shared/mod.ts";
import { usd } from "./_chain_test.ts";
import { ask, request, start, view } from "./_flow_test.ts";
import { balanceOf, cause, viewer } from "./_platform_test.ts";

test("nothing leaves a frozen wallet, and it goes on afterwards", async () => {
  const { platform, id, mine } = await start();
  const { freezes } = platform;
  expect(await freezes.freezeWallet(id, "Theft", viewer, cause)).toMatchObject({ view: { status: "frozen" } });
  expect(await request(platform, "t1", ask(id, usd, 5n))).toBe("wallet-frozen");
  expect(await balanceOf(platform, id, usd)).toMatchObject({ held: "0" });
  const stranger = { user: "u2" as UserId, any: false };
  expect(await freezes.unfreezeWallet(id, "Mine", stranger, cause)).toMatchObject({ refusal: "wallet-not-found" });
  expect(await freezes.unfreezeWallet(id, "Cleared", viewer, cause)).toMatchObject({ view: { status: "open" } });
  await request(platform, "t2", ask(id, usd, 5n));
  await mine(3);
  expect(await view(platform, "t2")).toMatchObject({ status: "final" });
});

for (const what of ["wallet", "platform"] as const) {
  test(`what waits is not signed while the ${what} is frozen, though it was planned before`, async () => {
    const { world, platform, id, mine } = await start();
    const { freezes, planning } = platform;
    const plan = planning.planQuoted;
    planning.planQuoted = async (...given) => {
      const planned = await plan(...given);
      if (what === "wallet") await freezes.freezeWallet(id, "Theft", viewer, cause);
      else await freezes.freezePlatform("Theft", cause);
      return planned;
    };
    expect(await request(platform, "t1", ask(id, usd, 5n))).toMatchObject({ status: "queued" });
    planning.planQuoted = plan;
    await mine(3);
    expect(await view(platform, "t1")).toMatchObject({ status: "queued", hashes: [] });
    expect(world.fake.landed()).toHaveLength(0);
    if (what === "platform") expect(await request(platform, "t2", ask(id, usd, 5n))).toBe("platform-frozen");
    if (what === "wallet") await freezes.unfreezeWallet(id, "Cleared", viewer, cause);
    else await freezes.unfreezePlatform("Cleared", cause);
    platform.sender.headMoved(ask(id, usd, 1n).network);
    await platform.sender.resume();
    await platform.sender.idle();
    await mine(3);
    expect(await view(platform, "t1")).toMatchObject({ status: "final" });
  });
}
