/**
 * Judges transfers by a policy: what no rule allows is refused, and a rule that denies always wins. Pure.
 *
 * @module
 */
import { type Amount, type AssetId, zero } from "../shared/mod.ts";
import type {
  AmountLimit,
  CallPattern,
  Conditions,
  Policy,
  PolicyFacts,
  PolicyRule,
  Verdict,
  Volume,
} from "./policy_rules.ts";

export type ConditionName = keyof Conditions;

type Case = { readonly effect: PolicyRule["effect"]; readonly facts: PolicyFacts; readonly volumes: readonly Volume[] };
type Tests = { readonly [Name in ConditionName]-?: (given: NonNullable<Conditions[Name]>, it: Case) => boolean };

const tests: Tests = {
  initiators: (initiators, { facts }) => initiators.includes(facts.initiator),
  networks: (networks, { facts }) => networks.some((pattern) => isOf(facts.network, pattern)),
  intents: (intents, { facts }) => intents.includes(facts.intent),
  assets: (assets, { effect, facts }) => fits(effect, facts.amounts, ({ asset }) => assets.includes(asset)),
  destinations: (destinations, { effect, facts }) =>
    facts.destinations.length > 0 &&
    fits(effect, facts.destinations, ({ account, kinds }) =>
      [account, ...kinds].some((each) => destinations.includes(each)),
    ),
  calls: (patterns, { effect, facts }) =>
    facts.calls.length > 0 &&
    fits(effect, facts.calls, (call) => patterns.some((pattern) => isCalledBy(call, pattern))),
  amounts: (limits, it) => keeps(it, limits, () => zero),
  volumes: (limits, it) => keeps(it, limits, (limit) => countedIn(it.volumes, limit)),
};

const names = Object.keys(tests) as readonly ConditionName[];

/** Judges a transfer; `volumes` is what counted before it. */
export function judge(policy: Policy, facts: PolicyFacts, volumes: readonly Volume[]): Verdict {
  const applying = policy.rules.filter((rule) => unmet(rule, facts, volumes).length === 0);
  const denying = applying.filter(({ effect }) => effect === "deny");
  if (denying.length > 0) return { verdict: "refused", rules: denying.map(({ name }) => name), approvals: 0 };
  for (const rule of applying) {
    if (rule.effect === "deny") continue;
    const { name, approvals = 0 } = rule;
    return { verdict: approvals > 0 ? "needs-approvals" : "allowed", rules: [name], approvals };
  }
  return { verdict: "refused", rules: [], approvals: 0 };
}

/** The conditions of a rule that a transfer does not meet; none where the rule applies to it. */
export function unmet(rule: PolicyRule, facts: PolicyFacts, volumes: readonly Volume[]): readonly ConditionName[] {
  const it = { effect: rule.effect, facts, volumes };
  return names.filter((name) => !meets(name, rule.when, it));
}

function meets(name: ConditionName, when: Conditions, it: Case): boolean {
  const given = when[name];
  // Which condition it is is lost on the compiler: the table has one of each.
  return given === undefined || (tests[name] as (given: unknown, it: Case) => boolean)(given, it);
}

/** What allows must fit all; what denies need fit one. */
function fits<Item>(effect: Case["effect"], items: readonly Item[], fit: (item: Item) => boolean): boolean {
  return effect === "allow" ? items.every(fit) : items.some(fit);
}

/** Whether all that leaves keeps to limits of its asset; where it is for denying, whether something exceeds one. */
function keeps<Limit extends AmountLimit>(
  { effect, facts }: Case,
  limits: readonly Limit[],
  before: (limit: Limit) => Amount,
): boolean {
  const exceeds = (limit: Limit, amount: Amount) => BigInt(before(limit)) + BigInt(amount) > BigInt(limit.limit);
  const of = (asset: AssetId) => limits.filter((each) => each.asset === asset);
  return fits(effect, facts.amounts, ({ asset, amount }) => {
    const own = of(asset);
    if (effect === "deny") return own.some((limit) => exceeds(limit, amount));
    return own.length > 0 && !own.some((limit) => exceeds(limit, amount));
  });
}

function countedIn(volumes: readonly Volume[], { of, asset, window }: Omit<Volume, "amount">): Amount {
  const found = volumes.find((each) => each.of === of && each.asset === asset && each.window === window);
  return found?.amount ?? zero;
}

/** `eip155:*` stands for every network of the family. */
function isOf(network: string, pattern: string): boolean {
  return pattern.endsWith(":*") ? network.startsWith(pattern.slice(0, -1)) : network === pattern;
}

function isCalledBy(call: PolicyFacts["calls"][number], { contract, functions }: CallPattern): boolean {
  if (call.contract !== contract) return false;
  return functions === undefined || (call.function !== undefined && functions.includes(call.function));
}
