import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Amount, AssetId, NetworkId } from "../shared/mod.ts";
import { judge } from "./policy_engine.ts";
import type { Conditions, Policy, PolicyFacts, PolicyRule, Verdict, Volume } from "./policy_rules.ts";
import { intentTypes, volumeScopes, volumeWindows } from "./policy_rules.ts";
import { explainVerdict } from "./policy_words.ts";

const runs = Number(process.env.POLICY_PAIRS ?? 5_000);

const some = <T>(...of: readonly T[]) => fc.constantFrom(...of);
const listOf = <T>(each: fc.Arbitrary<T>) => fc.array(each, { maxLength: 3, size: "max" });
const initiator = some("owner", "play", "transfer:create");
const network = some("eip155:1", "eip155:10", "solana:mainnet") as fc.Arbitrary<NetworkId>;
const asset = some("eip155:1/slip44:60", "eip155:1/erc20:0xA", "solana:mainnet/slip44:501") as fc.Arbitrary<AssetId>;
const account = some("eip155:1:0xA", "eip155:1:0xB", "solana:mainnet:C");
const selector = some("0xa9059cbb", "0x095ea7b3");
const size = fc
  .oneof(fc.bigInt({ min: 0n, max: 12n }), some(2n ** 256n - 1n, 2n ** 255n))
  .map(String) as fc.Arbitrary<Amount>;
const scope = some(...volumeScopes);
const window = some(...volumeWindows);

const given = fc.record({
  initiators: listOf(initiator),
  networks: listOf(fc.oneof(network, some("eip155:*", "solana:*"))),
  intents: listOf(some(...intentTypes)),
  assets: listOf(asset),
  destinations: listOf(fc.oneof(account, some("registered", "allow-listed"))),
  calls: listOf(fc.record({ contract: account, functions: listOf(selector) }, { requiredKeys: ["contract"] })),
  amounts: listOf(fc.record({ asset, limit: size })),
  volumes: listOf(fc.record({ of: scope, asset, window, limit: size })),
});
const names = ["initiators", "networks", "intents", "assets", "destinations", "calls", "amounts", "volumes"] as const;
/** Few at a time: of a rule with many conditions, nearly nothing meets all. */
const conditions: fc.Arbitrary<Conditions> = fc
  .tuple(given, fc.uniqueArray(some(...names), { maxLength: 3, size: "max" }))
  .map(([all, kept]) => Object.fromEntries(kept.map((name) => [name, all[name]])));

const rule: fc.Arbitrary<PolicyRule> = fc.oneof(
  fc.record({ name: fc.uuid(), effect: fc.constant("allow" as const), when: conditions, approvals: fc.nat(3) }),
  fc.record({ name: fc.uuid(), effect: fc.constant("allow" as const), when: conditions }),
  fc.record({ name: fc.uuid(), effect: fc.constant("deny" as const), when: conditions }),
);
const policy: fc.Arbitrary<Policy> = fc.record({ title: fc.constant("Any"), rules: fc.array(rule, { maxLength: 6 }) });

const facts: fc.Arbitrary<PolicyFacts> = fc.record({
  ...{ initiator, network, intent: some(...intentTypes) },
  destinations: listOf(
    fc.record({ account, kinds: fc.subarray(["registered", "allow-listed"] as ("registered" | "allow-listed")[]) }),
  ),
  calls: listOf(fc.record({ contract: account, function: selector }, { requiredKeys: ["contract"] })),
  amounts: fc.uniqueArray(fc.record({ asset, amount: size }), { selector: ({ asset }) => asset, maxLength: 3 }),
});
const volumes: fc.Arbitrary<Volume[]> = fc.uniqueArray(fc.record({ of: scope, asset, window, amount: size }), {
  selector: ({ of, asset, window }) => [of, asset, window].join(),
  maxLength: 6,
});

/** The rules of the language once more, spelled out one case after the other, with loops and nothing else. */
function slowly({ rules }: Policy, it: PolicyFacts, before: readonly Volume[]): Verdict {
  let allowing: Extract<PolicyRule, { effect: "allow" }> | undefined;
  const denying: string[] = [];
  for (const rule of rules) {
    if (!appliesTo(rule, it, before)) continue;
    if (rule.effect === "deny") denying.push(rule.name);
    else if (!allowing) allowing = rule;
  }
  if (denying.length > 0) return { verdict: "refused", rules: denying, approvals: 0 };
  if (!allowing) return { verdict: "refused", rules: [], approvals: 0 };
  if (!allowing.approvals) return { verdict: "allowed", rules: [allowing.name], approvals: 0 };
  return { verdict: "needs-approvals", rules: [allowing.name], approvals: allowing.approvals };
}

function appliesTo({ effect, when }: PolicyRule, it: PolicyFacts, before: readonly Volume[]): boolean {
  if (when.initiators && when.initiators.indexOf(it.initiator) < 0) return false;
  if (when.intents && (when.intents as string[]).indexOf(it.intent) < 0) return false;
  if (when.networks) {
    let found = false;
    for (const one of when.networks) {
      const [family] = it.network.split(":");
      if (one === it.network || one === `${family}:*`) found = true;
    }
    if (!found) return false;
  }
  if (when.assets) {
    let inside = 0;
    for (const { asset } of it.amounts) if (when.assets.indexOf(asset) >= 0) inside++;
    if (effect === "allow" ? inside < it.amounts.length : inside === 0) return false;
  }
  if (when.destinations) {
    let inside = 0;
    for (const { account, kinds } of it.destinations) {
      let known = false;
      for (const one of when.destinations) {
        if (one === "registered" || one === "allow-listed") known = known || kinds.indexOf(one) >= 0;
        else known = known || one === account;
      }
      if (known) inside++;
    }
    if (inside === 0) return false;
    if (effect === "allow" && inside < it.destinations.length) return false;
  }
  if (when.calls) {
    let inside = 0;
    for (const call of it.calls) {
      let known = false;
      for (const { contract, functions } of when.calls) {
        if (contract !== call.contract) continue;
        if (functions === undefined) known = true;
        else for (const each of functions) if (each === call.function) known = true;
      }
      if (known) inside++;
    }
    if (inside === 0) return false;
    if (effect === "allow" && inside < it.calls.length) return false;
  }
  if (when.amounts) {
    let exceeded = false;
    let limited = true;
    for (const { asset, amount } of it.amounts) {
      let own = 0;
      for (const each of when.amounts) {
        if (each.asset !== asset) continue;
        own++;
        if (BigInt(amount) > BigInt(each.limit)) exceeded = true;
      }
      if (own === 0) limited = false;
    }
    if (effect === "allow" ? exceeded || !limited : !exceeded) return false;
  }
  if (when.volumes) {
    let exceeded = false;
    let limited = true;
    for (const { asset, amount } of it.amounts) {
      let own = 0;
      for (const each of when.volumes) {
        if (each.asset !== asset) continue;
        own++;
        let sum = BigInt(amount);
        for (const volume of before) {
          if (volume.of === each.of && volume.window === each.window && volume.asset === asset)
            sum += BigInt(volume.amount);
        }
        if (sum > BigInt(each.limit)) exceeded = true;
      }
      if (own === 0) limited = false;
    }
    if (effect === "allow" ? exceeded || !limited : !exceeded) return false;
  }
  return true;
}

test("judge() says what a slow reading of the rules says, and says it in words", () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(policy, facts, volumes, (policy, facts, volumes) => {
      const verdict = judge(policy, facts, volumes);
      expect(verdict).toEqual(slowly(policy, facts, volumes));
      expect(explainVerdict(policy, facts, volumes, verdict)).toMatch(/^.{10,999}[.…]$/);
      const kind = `${verdict.verdict} by ${Math.min(verdict.rules.length, 2)}`;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }),
    { numRuns: runs },
  );
  // Every kind of verdict was met often enough for the comparison to say something.
  const kinds = ["allowed by 1", "needs-approvals by 1", "refused by 0", "refused by 1", "refused by 2"];
  expect(kinds.filter((kind) => (seen.get(kind) ?? 0) < runs / 100)).toEqual([]);
}, 300_000);
