import { expect, test } from "bun:test";
import fc from "fast-check";
import type { AssetId } from "../shared/mod.ts";
import {
  deposited,
  eth,
  type Fact,
  held,
  released,
  settled,
  shownBalances,
  start,
  tell,
  usd,
  user,
  vanished,
  vault,
} from "./_telling_test.ts";

const asset = fc.constantFrom(eth, usd, vault);
const size = fc.bigInt({ min: 0n, max: 10n ** 24n }).map(String);
const change = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }).map(String);
const some = fc.dictionary(asset, size, { maxKeys: 3 });
const moved = fc.array(fc.tuple(asset, change, change), { maxLength: 4 });

/** Facts of one thing, in their order, and what they change in all of what the user has. */
type Lane = { readonly facts: readonly Fact[]; readonly changes: readonly (readonly [AssetId, string])[] };

const lane = fc.oneof(
  fc.record({ type: fc.constant("deposit" as const), asset, size, vanishes: fc.boolean() }),
  fc.record({ type: fc.constant("hold" as const), assets: some, position: some }),
  fc.record({ type: fc.constant("release" as const), assets: some, position: some }),
  fc.record({ type: fc.constant("transfer" as const), moved, fee: size }),
);
const lanes = fc.array(lane, { maxLength: 8 }).map((all) =>
  all.map((each, place): Lane => {
    const id = `${place}`;
    if (each.type === "hold") return { facts: [held(id, each.assets, each.position)], changes: [] };
    if (each.type === "release") return { facts: [released(id, each.assets, each.position)], changes: [] };
    if (each.type === "transfer") {
      return {
        facts: [settled(id, "h1", each.moved, each.fee)],
        changes: each.moved.map(([of, delta]) => [of, delta]),
      };
    }
    const came = deposited(id, each.asset, each.size);
    if (each.vanishes) return { facts: [came, vanished(id, each.asset, each.size)], changes: [] };
    return { facts: [came], changes: [[each.asset, each.size]] };
  }),
);

/** Things' facts between each other's, and facts that were told before, told again. */
function shuffled(all: readonly Lane[], choose: (below: number) => number): Fact[] {
  const waiting = all.map(({ facts }) => [...facts]);
  const told: Fact[] = [];
  for (let left = waiting; left.length > 0; left = left.filter(({ length }) => length > 0)) {
    told.push(...(left[choose(left.length)]?.splice(0, 1) ?? []));
    if (choose(2) === 1) told.push(...told.slice(choose(told.length)).slice(0, 1));
  }
  return told;
}

test("whatever is told, in any order and again and again, sums to zero by asset, and to what moved on chain", async () => {
  const law = fc.asyncProperty(lanes, fc.infiniteStream(fc.nat()), async (all, random) => {
    const started = start();
    await tell(
      started,
      shuffled(all, (below) => random.next().value % below),
    );
    const { items } = await started.portfolio.entries(user, { limit: 200 });
    for (const { legs } of items) expect(sums(legs.map(({ asset, delta }) => [asset, delta]))).toEqual({});
    const own = items.flatMap(({ legs }) => legs).filter((leg) => /^(wallet|held|position):/.test(leg.account));
    const onChain = sums(all.flatMap(({ changes }) => changes));
    expect(sums(own.map(({ asset, delta }) => [asset, delta]))).toEqual(onChain);
    const balances = await shownBalances(started);
    expect(sums(balances.flatMap(([of, ...columns]) => columns.map((column) => [of ?? "", column] as const)))).toEqual(
      onChain,
    );
  });
  await fc.assert(law, { seed: 31337, numRuns: 60 });
});

/** By asset; without what sums to zero. */
function sums(changes: readonly (readonly [asset: string, delta: string])[]): Record<string, bigint> {
  const all = new Map<string, bigint>();
  for (const [of, delta] of changes) all.set(of, (all.get(of) ?? 0n) + BigInt(delta));
  return Object.fromEntries([...all].filter(([, sum]) => sum !== 0n));
}
