import { expect, test } from "bun:test";
import type { AssetId, NetworkId } from "../shared/mod.ts";
import { policyFaults } from "./policy_checks.ts";
import { judge } from "./policy_engine.ts";
import { builtInPolicy, type Policy, type PolicyFacts } from "./policy_rules.ts";
import { explainPolicy, explainVerdict } from "./policy_words.ts";

const usd = "eip155:1/erc20:0xA" as AssetId;
const facts: PolicyFacts = {
  ...{ initiator: "owner", network: "eip155:1" as NetworkId, intent: "send", calls: [] },
  destinations: [{ account: "eip155:1:0xB", kinds: [] }],
  amounts: [{ asset: usd, amount: "5" as never }],
};
const spelling = {
  account: (text: string) => (text.includes("?") ? undefined : text),
  asset: (text: string) => (text.includes("?") ? undefined : text),
};

test("the built-in policy lets users send to their address of registration, and plays go by their definitions", () => {
  const registered = { ...facts, destinations: [{ account: "eip155:1:0xB", kinds: ["registered" as const] }] };
  const say = (it: PolicyFacts) => judge(builtInPolicy, it, []);
  expect(say(registered)).toEqual({ verdict: "allowed", rules: ["address-of-registration"], approvals: 0 });
  expect(say({ ...registered, initiator: "transfer:create" }).verdict).toBe("allowed");
  expect(say({ ...registered, intent: "call" }).verdict).toBe("refused");
  expect(say(facts).verdict).toBe("refused");
  expect(say({ ...facts, initiator: "play", intent: "call" }).rules).toEqual(["play-definition"]);
});

test("a policy and its verdicts are explained in words", () => {
  expect(explainPolicy(builtInPolicy)).toEqual([
    "address-of-registration: Allows transfers by the wallet's owner or others with the permission transfer:create of type send to the address of registration.",
    "play-definition: Allows transfers by plays.",
    "All else is refused. A rule that denies wins over those that allow.",
  ]);
  expect(explainVerdict(builtInPolicy, facts, [], judge(builtInPolicy, facts, []))).toBe(
    "No rule allows it. address-of-registration: it is not for every destination. play-definition: it is not for this initiator.",
  );
});

test("faults of a policy are told by JSON pointer", () => {
  const policy: Policy = {
    title: "Faulty",
    rules: [
      { name: "a", effect: "allow", when: { networks: [] } },
      { name: "a", effect: "deny", when: { destinations: ["registered", "?"], calls: [{ contract: "?" }] } },
      {
        ...{ name: "b", effect: "allow" },
        when: {
          assets: [usd],
          amounts: [{ asset: "?" as AssetId, limit: "1" as never }],
          volumes: [
            { of: "user", asset: usd, window: "P1D", limit: "1" as never },
            { of: "user", asset: usd, window: "P1D", limit: "2" as never },
          ],
        },
      },
    ],
  };
  expect(policyFaults(policy, spelling).map(({ pointer }) => pointer)).toEqual([
    "/rules/0/when/networks",
    "/rules/1/name",
    "/rules/1/when/destinations/1",
    "/rules/1/when/calls/0/contract",
    "/rules/2/when/amounts/0/asset",
    "/rules/2/when/amounts/0/asset",
    "/rules/2/when/volumes/1",
    "/rules/2/when/initiators",
  ]);
  expect(policyFaults(builtInPolicy, spelling)).toEqual([]);
});
