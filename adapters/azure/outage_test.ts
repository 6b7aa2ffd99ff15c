import { expect, test } from "bun:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Behaviour, throttled } from "../../bootstrap/servers/mod.ts";
import { type AssetId, amount, type Instant, type NetworkId } from "../../domains/shared/mod.ts";
import type { Account, Network, UnsignedTransaction } from "../../domains/wallet/mod.ts";
import { Fault } from "../../ports/mod.ts";
import { createKeys, seedKind } from "../custody/mod.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import { faultOf, openStage } from "./_stage_test.ts";

/** How long each part of the outage lasts; longer by `FAULT_SECONDS`. */
const seconds = Number(process.env.FAULT_SECONDS ?? 1);
const patience = { answer: 250, budget: 600, failures: 5, rest: 300 };

const networks: readonly Network[] = [
  {
    ...{ id: "eip155:1" as NetworkId, family: "evm", name: "", symbol: "X", decimals: 18 },
    ...{ final: 1, nativeAsset: "" as AssetId },
  },
];
const transaction: UnsignedTransaction = {
  ...{ network: "eip155:1" as NetworkId, nonce: 7, to: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" },
  ...{ value: amount("1000"), data: "0x", gas: amount("60000") },
  ...{ maxFeePerGas: amount("2000000000"), maxPriorityFeePerGas: amount("1000000000") },
};

test(
  `while Key Vault throttles, then says nothing, for ${2 * seconds} s: what is signed is signed right, all else can be retried, and it recovers by itself`,
  async () => {
    await using stage = await openStage();
    const { fake } = stage;
    let period = 0;
    // So short a life in the cache that nearly every use needs the vault.
    const vault = stage.open({
      shards: 1,
      period: 1,
      cache: { size: 4, age: 20 },
      now: () => Date.now() + period,
      patience,
    });
    const seeds = createStores(openDatabase(":memory:"), () => "" as Instant).records(seedKind);
    const keys = createKeys({ vault, seeds, networks });
    const wallets: { readonly id: string; readonly account: Account; readonly hash: string }[] = [];
    const tally = { signed: 0, made: 0, refused: 0, lasted: 0 };

    async function make(id: string): Promise<void> {
      period += 1;
      const [account] = await keys.create(id);
      if (!account) throw new Error("A wallet came without its account");
      const { hash } = await keys.sign(id, account, transaction);
      wallets.push({ id, account, hash });
    }

    async function use(round: number): Promise<void> {
      if (round % 10 === 0) {
        await make(crypto.randomUUID());
        tally.made++;
        return;
      }
      const wallet = wallets[Math.floor(Math.random() * wallets.length)] as (typeof wallets)[number];
      const { hash } = await keys.sign(wallet.id, wallet.account, transaction);
      if (hash !== wallet.hash) throw new Error(`Wallet ${wallet.id} signed with another key`);
      tally.signed++;
    }

    for (let wallet = 0; wallet < 10; wallet++) await make(`w${wallet}`);
    let running = true;
    const load = Array.from({ length: 10 }, async () => {
      for (let round = 0; running; round++) {
        const begun = performance.now();
        const fault = await use(round).then(
          () => undefined,
          (error) => error,
        );
        tally.lasted = Math.max(tally.lasted, performance.now() - begun);
        if (fault === undefined) continue;
        if (!(fault instanceof Fault && fault.retryable)) throw fault;
        tally.refused++;
        await delay(5);
      }
    });
    const during = async (behaviour: Behaviour, milliseconds: number) => {
      fake.behaviour = behaviour;
      const before = { ...tally, requests: fake.requests.length };
      await Promise.race([delay(milliseconds), Promise.all(load)]);
      return {
        done: tally.signed + tally.made - before.signed - before.made,
        refused: tally.refused - before.refused,
        requests: fake.requests.length - before.requests,
      };
    };

    const healthy = await during("well", 500);
    expect(healthy.refused).toBe(0);
    expect(healthy.done).toBeGreaterThan(0);
    const throttling = await during(throttled("1"), seconds * 1_000);
    const silence = await during("silent", seconds * 1_000);
    for (const { refused, requests } of [throttling, silence]) {
      expect(refused).toBeGreaterThan(0);
      // The breaker keeps the load off a vault that can't bear it.
      expect(requests).toBeLessThan(40 + 20 * seconds);
    }
    fake.behaviour = "well";
    const healed = performance.now();
    // Half a second in which nothing is refused any more. A busy machine is late with an answer now and then.
    let after = await during("well", 500);
    while (after.refused > 0 && performance.now() - healed < 10_000) after = await during("well", 500);
    expect(after.refused).toBe(0);
    expect(after.done).toBeGreaterThan(0);
    running = false;
    await Promise.all(load);
    expect(tally.lasted).toBeLessThan(3 * patience.budget + 2_000);

    const later = createKeys({ vault: stage.open(), seeds, networks });
    for (const { id, account, hash } of wallets) {
      expect(await later.create(id)).toEqual([account]);
      expect((await later.sign(id, account, transaction)).hash).toBe(hash);
    }
  },
  20_000 + 4_000 * seconds,
);

test("while Key Vault is away, what is held opens and seals on until its age, and no longer", async () => {
  await using stage = await openStage();
  let now = 0;
  const vault = stage.open({ cache: { size: 9, age: 1_000 }, now: () => now, patience });
  const sealed = await vault.seal("p", Buffer.from("text"));
  await stage.fake.stop();
  now = 999;
  expect(Buffer.from(await vault.open("p", sealed)).toString()).toBe("text");
  await vault.seal("p", Buffer.from("text"));
  now = 1_000;
  stage.fake.behaviour = "silent";
  const works = [vault.open("p", sealed), vault.seal("p", Buffer.from("text"))];
  for (const fault of await Promise.all(works.map(faultOf))) expect(fault).toMatchObject({ retryable: true });
});
