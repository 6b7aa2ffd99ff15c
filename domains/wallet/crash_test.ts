import { expect, test } from "bun:test";
import { ChainUnreachable } from "../../ports/mod.ts";
import { evm, native, usd } from "./_chain_test.ts";
import {
  balanceOf,
  cause,
  createWorld,
  fundedWallet,
  type Platform,
  registered,
  startPlatform,
  viewer,
} from "./_platform_test.ts";

/** Ends the process at the n-th call of any port: before the call takes effect, or after it did, with its answer lost. */
function createDeath(at: number, when: "before" | "after") {
  let calls = 0;
  const end = () => {
    throw new ChainUnreachable("The process is dead");
  };
  const wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const member = Reflect.get(target, name);
        if (typeof member !== "function" || name === "watch") return member;
        return async (...args: unknown[]) => {
          calls++;
          if (calls > at || (calls === at && when === "before")) end();
          const answer = await member.apply(target, args);
          return calls >= at ? end() : answer;
        };
      },
    });
  return { wrap, calls: () => calls };
}

const send = (wallet: string, asset: string, amount: string) => ({
  ...{ wallet, network: evm.id },
  intent: { type: "send", asset, to: registered, amount } as const,
});

/** Two transfers that a client asks for until they are accepted, a deposit, a reorg, and blocks enough for all to be final. */
async function work(platform: Platform, wallet: string, mine: (what: "block" | "reorg" | "deposit") => void) {
  for (const [id, asset] of [
    ["t1", usd],
    ["t2", native],
  ] as const) {
    await platform.transferService.request(id, send(wallet, asset, "200"), viewer, cause);
  }
  await platform.sender.resume();
  await platform.sender.idle();
  mine("deposit");
  await platform.head();
  mine("reorg");
  await platform.head();
  mine("block");
  await platform.head();
  mine("block");
  await platform.head();
}

async function dieAt(call: number, when: "before" | "after"): Promise<number> {
  const world = createWorld();
  const wallet = await fundedWallet(startPlatform(world), world, 10n ** 9n, 500n);
  const { fake } = world;
  const mine = (what: "block" | "reorg" | "deposit") => {
    if (what === "deposit") fake.fund(wallet.address, usd, 7n);
    if (what === "reorg") fake.reorg(1);
    else fake.mine();
  };
  const death = createDeath(call, when);
  await work(startPlatform(world, death.wrap), wallet.id, mine).catch(() => {});
  const again = startPlatform(world);
  await work(again, wallet.id, mine);
  for (let block = 0; block < 4; block++) {
    fake.mine();
    await again.head();
  }
  const landed = fake.landed().map(({ nonce }) => nonce);
  const transfers = await Promise.all(["t1", "t2"].map((id) => again.transferService.get(id, viewer)));
  const statuses = transfers.map((found) => found.ok && found.view.status);
  const distinct = new Set(fake.handed().map(({ hash }) => hash)).size;
  const balances = await Promise.all([usd, native].map((asset) => balanceOf(again, wallet.id, asset)));
  const onChain = [usd, native].map((asset) => fake.balance(wallet.address, asset).toString());
  expect({ call, when, statuses, landed, distinct, final: balances.map(({ final }) => `${final}`) }).toEqual({
    ...{ call, when, statuses: ["final", "final"], landed: [0, 1], distinct: 2, final: onChain },
  });
  expect(balances.map(({ held }) => `${held}`)).toEqual(["0", "0"]);
  return death.calls();
}

test("wherever the process dies, each transfer lands once, without a gap of nonces, and every balance is the chain's", async () => {
  const calls = await dieAt(Number.MAX_SAFE_INTEGER, "before");
  expect(calls).toBeGreaterThan(50);
  for (let call = 1; call <= calls; call++) {
    // Before the next call is the same moment as after this one.
    await dieAt(call, "after");
  }
}, 60_000);
