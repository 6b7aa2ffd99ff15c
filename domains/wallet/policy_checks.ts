/**
 * What is wrong with a policy beyond its form: rules that could never apply, or would not do what they seem to.
 *
 * @module
 */
import type { SchemaFault } from "../../ports/mod.ts";
import { lengthOf } from "../shared/mod.ts";
import type { Conditions, Policy, PolicyRule } from "./policy_rules.ts";
import type { Spelling } from "./spelling.ts";

const largest = 100_000;

/** The faults of a policy, by JSON pointer; none for a good one. */
export function policyFaults(policy: Policy, spelling: Spelling): readonly SchemaFault[] {
  const names = policy.rules.map(({ name }) => name);
  return [
    ...(lengthOf(policy) > largest ? [fault("", `The policy is above ${largest} characters`)] : []),
    ...policy.rules.flatMap((rule, place) => {
      const at = `/rules/${place}`;
      const twice = names.indexOf(rule.name) < place;
      return [
        ...(twice ? [fault(`${at}/name`, "Another rule has this name")] : []),
        ...ruleFaults(rule, spelling).map(({ pointer, detail }) => fault(at + pointer, detail)),
      ];
    }),
  ];
}

function ruleFaults(rule: PolicyRule, spelling: Spelling): readonly SchemaFault[] {
  const { when } = rule;
  const empty = Object.entries(when).filter(([, given]) => Array.isArray(given) && given.length === 0);
  return [
    ...empty.map(([name]) => fault(`/when/${name}`, "An empty list fits nothing: leave it out")),
    ...spellingFaults(when, spelling),
    ...limitFaults(when),
    ...volumeFaults(when),
  ];
}

function spellingFaults({ destinations = [], calls = [], assets = [], ...limits }: Conditions, of: Spelling) {
  const { amounts = [], volumes = [] } = limits;
  const kinds = ["registered", "allow-listed"];
  const wrong = (
    list: readonly string[],
    good: (text: string) => boolean,
    at: (place: number) => string,
    what: string,
  ) => list.flatMap((each, place) => (good(each) ? [] : [fault(at(place), `Name ${what} in its canonical spelling`)]));
  const account = (text: string) => of.account(text) === text;
  const asset = (text: string) => of.asset(text) === text;
  const assetsOf = (list: readonly { readonly asset: string }[]) => list.map((each) => each.asset);
  return [
    ...wrong(
      destinations,
      (text) => kinds.includes(text) || account(text),
      (n) => `/when/destinations/${n}`,
      "an account",
    ),
    ...wrong(
      calls.map(({ contract }) => contract),
      account,
      (n) => `/when/calls/${n}/contract`,
      "an account",
    ),
    ...wrong(assets, asset, (n) => `/when/assets/${n}`, "an asset"),
    ...wrong(assetsOf(amounts), asset, (n) => `/when/amounts/${n}/asset`, "an asset"),
    ...wrong(assetsOf(volumes), asset, (n) => `/when/volumes/${n}/asset`, "an asset"),
  ];
}

/** Limits that say nothing: of assets that the rule is not for, or beside another one of the same. */
function limitFaults({ assets, amounts = [], volumes = [] }: Conditions): readonly SchemaFault[] {
  const lists = { amounts: amounts.map(({ asset }) => [asset]), volumes: volumes.map((each) => keyOf(each)) };
  return Object.entries(lists).flatMap(([name, keys]) =>
    keys.flatMap((key, place) => {
      const at = `/when/${name}/${place}`;
      const [asset] = key;
      if (assets && asset !== undefined && !assets.some((each) => each === asset)) {
        return [fault(`${at}/asset`, "The rule is not for this asset")];
      }
      const twice = keys.findIndex((other) => other.join() === key.join()) < place;
      return twice ? [fault(at, "Another limit is for the same")] : [];
    }),
  );
}

function keyOf({ asset, of, window }: NonNullable<Conditions["volumes"]>[number]): readonly string[] {
  return [asset, of, window];
}

/** Volumes count what people ask for. What a play moves is bounded by what its order holds. */
function volumeFaults({ volumes, initiators }: Conditions): readonly SchemaFault[] {
  if (!volumes) return [];
  const people = initiators?.every((each) => each !== "play") ?? false;
  return people ? [] : [fault("/when/initiators", "A rule over volumes names its initiators, and plays are none")];
}

function fault(pointer: string, detail: string): SchemaFault {
  return { pointer, detail };
}
