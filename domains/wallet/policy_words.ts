/**
 * Policies and verdicts in words, for people who decide about them.
 *
 * @module
 */
import { type ConditionName, unmet } from "./policy_engine.ts";
import type { Conditions, Policy, PolicyFacts, PolicyRule, Verdict, Volume, VolumeWindow } from "./policy_rules.ts";

const windowWords: Record<VolumeWindow, string> = {
  PT1H: "an hour",
  P1D: "a day",
  P7D: "seven days",
  P30D: "thirty days",
};
const scopeWords = { wallet: "the wallet", user: "the user's wallets", platform: "the platform" } as const;

/** What a transfer must have failed in, that a rule does not apply. */
const unmetWords: Record<ConditionName, string> = {
  initiators: "it is not for this initiator",
  networks: "it is not for this network",
  intents: "it is not for this type of intent",
  assets: "it is not for every asset that leaves",
  destinations: "it is not for every destination",
  calls: "it is not for every contract and function that is called",
  amounts: "an amount is above its limit",
  volumes: "an amount over time is above its limit",
};

/** Each rule in a sentence; what no rule allows is refused. */
export function explainPolicy({ rules }: Policy): readonly string[] {
  return [...rules.map(explainRule), "All else is refused. A rule that denies wins over those that allow."];
}

function explainRule(rule: PolicyRule): string {
  const approvals = rule.effect === "allow" ? (rule.approvals ?? 0) : 0;
  const others = approvals === 1 ? "another person approves it" : `${approvals} others approve it`;
  const verb = rule.effect === "allow" ? "Allows" : "Denies";
  const when = [...conditionsOf(rule.effect, rule.when), ...(approvals > 0 ? [`if ${others}`] : [])];
  return `${rule.name}: ${verb} ${["transfers", ...when].join(" ")}.`;
}

function conditionsOf(effect: PolicyRule["effect"], when: Conditions): readonly string[] {
  const { initiators, networks, intents, assets, destinations, calls, amounts, volumes } = when;
  const upTo = effect === "allow" ? "of up to" : "of more than";
  const told = (list: readonly string[]) => list.join(" or ");
  return [
    initiators && `by ${told(initiators.map(initiatorWords))}`,
    intents && `of type ${told(intents)}`,
    networks && `on ${told(networks)}`,
    assets && `of ${told(assets)}`,
    destinations && `to ${told(destinations.map(destinationWords))}`,
    calls && `calling ${told(calls.map(callWords))}`,
    amounts && `${upTo} ${told(amounts.map(({ asset, limit }) => `${limit} of ${asset}`))}`,
    volumes &&
      `${upTo} ${told(
        volumes.map(
          ({ of, asset, window, limit }) =>
            `${limit} of ${asset} in ${windowWords[window]}, with all that leaves ${scopeWords[of]}`,
        ),
      )}`,
  ].filter((each) => each !== undefined);
}

function initiatorWords(initiator: string): string {
  if (initiator === "owner") return "the wallet's owner";
  return initiator === "play" ? "plays" : `others with the permission ${initiator}`;
}

function destinationWords(destination: string): string {
  if (destination === "registered") return "the address of registration";
  return destination === "allow-listed" ? "an allow-listed destination of age" : destination;
}

function callWords({ contract, functions }: NonNullable<Conditions["calls"]>[number]): string {
  return functions ? `${functions.join(" or ")} of ${contract}` : `any function of ${contract}`;
}

const longest = 1000;

/** A verdict in words: which rules led to it, and where none allows the transfer, why each does not. */
export function explainVerdict(
  policy: Policy,
  facts: PolicyFacts,
  volumes: readonly Volume[],
  { verdict, rules, approvals }: Verdict,
): string {
  const named = rules.join(", ");
  if (verdict === "allowed") return `Allowed by ${named}.`;
  if (verdict === "needs-approvals") return `Allowed by ${named} once approved by others: ${approvals}.`;
  if (rules.length > 0) return `Denied by ${named}.`;
  const why = policy.rules
    .filter(({ effect }) => effect === "allow")
    .map(
      (rule) =>
        `${rule.name}: ${unmet(rule, facts, volumes)
          .map((name) => unmetWords[name])
          .join(", ")}.`,
    );
  const words = ["No rule allows it.", ...why].join(" ");
  return words.length > longest ? `${words.slice(0, longest - 1)}…` : words;
}
