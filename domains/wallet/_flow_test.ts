import { evm } from "./_chain_test.ts";
import {
  cause,
  createWorld,
  fundedWallet,
  type Platform,
  registered,
  startPlatform,
  viewer,
  type World,
} from "./_platform_test.ts";

export const coins = 10n ** 9n;
export const dollars = 500n;

/** A platform with a wallet that has both, and the blocks to come. */
export async function start(given: Partial<World> = {}) {
  const world = { ...createWorld(), ...given };
  const platform = startPlatform(world);
  const wallet = await fundedWallet(platform, world, coins, dollars);
  const mine = async (count = 1) => {
    world.fake.mine(count);
    await platform.head();
  };
  return { world, platform, ...wallet, mine };
}

export const ask = (wallet: string, asset: string, value: bigint, to = registered) => ({
  ...{ wallet, network: evm.id },
  intent: { type: "send", asset, to, amount: value.toString() } as const,
});

/** Asks for a transfer, and waits until it is sent. */
export async function request(platform: Platform, id: string, asked: ReturnType<typeof ask>) {
  const outcome = await platform.transferService.request(id, asked, viewer, cause);
  await platform.sender.idle();
  return outcome.ok ? outcome.view : outcome.refusal;
}

export async function view(platform: Platform, id: string) {
  const found = await platform.transferService.get(id, viewer);
  return found.ok ? found.view : found.refusal;
}
