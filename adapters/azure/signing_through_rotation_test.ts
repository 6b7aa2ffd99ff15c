import { expect, test } from "bun:test";
import { Transaction } from "ethers";
import { type AssetId, amount, type Instant, type NetworkId } from "../../domains/shared/mod.ts";
import type { Account, Network, UnsignedTransaction } from "../../domains/wallet/mod.ts";
import { createKeys, seedKind } from "../custody/mod.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import { openStage } from "./_stage_test.ts";

const network: Network = {
  ...{ id: "eip155:1" as NetworkId, family: "evm", name: "", symbol: "X", decimals: 18 },
  ...{ final: 1, nativeAsset: "" as AssetId },
};
const transaction = (nonce: number): UnsignedTransaction => ({
  ...{ network: network.id, nonce, to: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" },
  ...{ value: amount("1000"), data: "0x", gas: amount("60000") },
  ...{ maxFeePerGas: amount("2000000000"), maxPriorityFeePerGas: amount("1000000000") },
});
const least = 300;

test(`while the key is rotated and data keys re-wrapped twice, two replicas make wallets and sign ${least} times: none fails`, async () => {
  await using stage = await openStage();
  const { fake } = stage;
  const seeds = createStores(openDatabase(":memory:"), () => "" as Instant).records(seedKind);
  let period = 0;
  // Data keys are held so shortly that most signatures unwrap anew.
  const open = () =>
    stage.open({ shards: 2, period: 1_000, cache: { size: 8, age: 30 }, now: () => performance.now() + period });
  const vaults = [open(), open()];
  const replicas = vaults.map((vault) => createKeys({ vault, seeds, networks: [network] }));
  const wallets: { readonly id: string; readonly account: Account }[] = [];

  async function make(): Promise<void> {
    period += 200;
    const id = crypto.randomUUID();
    const [account] = (await replicas[wallets.length % 2]?.create(id)) ?? [];
    if (!account) throw new Error("A wallet came without its account");
    wallets.push({ id, account });
  }

  for (let wallet = 0; wallet < 30; wallet++) await make();
  let signed = 0;
  let running = true;
  const load = replicas.map(async (keys, replica) => {
    while (running) {
      const { id, account } = wallets[(signed * 7 + replica) % wallets.length] as (typeof wallets)[number];
      const { raw } = await keys.sign(id, account, transaction(signed));
      if (Transaction.from(raw).from !== account.address) throw new Error(`Wallet ${id} signed with another key`);
      if (++signed % 50 === 0) await make();
      await Bun.sleep(1);
    }
  });
  const reach = async (count: number) => {
    while (signed < count) await Promise.race([Bun.sleep(5), Promise.all(load)]);
  };
  let old = stage.version;
  for (let rotation = 1; rotation <= 2; rotation++) {
    await reach((rotation - 0.5) * (least / 2));
    const next = fake.addKey("kek");
    await Promise.all(vaults.map((vault) => vault.rewrap()));
    await reach(rotation * (least / 2));
    // What was sealed meanwhile by who had not heard of the new version.
    const outcomes = await Promise.all(vaults.map((vault) => vault.rewrap()));
    expect(outcomes.flatMap(({ stuck }) => stuck)).toEqual([]);
    fake.setKey("kek", old, { enabled: false });
    old = next;
  }
  await reach(signed + 50);
  running = false;
  await Promise.all(load);
  expect(signed).toBeGreaterThanOrEqual(least);
  const later = createKeys({ vault: stage.open(), seeds, networks: [network] });
  for (const { id, account } of wallets) expect(await later.create(id)).toEqual([account]);
}, 60_000);

test("50 wallets more cost no call to Key Vault, under the data keys that there are", async () => {
  await using stage = await openStage();
  const seeds = createStores(openDatabase(":memory:"), () => "" as Instant).records(seedKind);
  const keys = createKeys({ vault: stage.open({ shards: 1 }), seeds, networks: [network] });
  await keys.create("first");
  const before = stage.fake.requests.length;
  for (let wallet = 0; wallet < 50; wallet++) await keys.create(`w${wallet}`);
  expect(stage.fake.requests.length).toBe(before);
});
