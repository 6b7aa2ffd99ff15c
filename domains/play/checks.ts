import type { JsonSchemas, SchemaFault } from "../../ports/mod.ts";
import { compareAmounts, isInstant, isNetworkId, lengthOf, parseAsset, secondsOf, type Value } from "../shared/mod.ts";
import type { PlayDefinition, PlayIntent, PlayStep } from "./definition.ts";
import { type Selector, type ValuePlace, valueFaults } from "./value_checks.ts";

/** What checks need of the world. */
export type Checking = {
  readonly schemas: JsonSchemas;
  /** The four-byte selector of a human-readable fragment. */
  readonly selector: Selector;
  /** Every permission that there is: an approval step names one. */
  readonly permissions: readonly string[];
};

type Fault = SchemaFault;

/** Characters of a definition as JSON: its tasks repeat much of it in single events. */
const longest = 60_000;

/** What is wrong with a definition, by JSON pointer; empty for one that may be offered. */
export function definitionFaults(definition: PlayDefinition, checking: Checking): readonly Fault[] {
  const { enter, adjust = [], exit, valuation, health } = definition;
  const position = placeOf(definition, checking, { position: true, order: false, steps: [] });
  if (lengthOf(definition) > longest) return [{ pointer: "", detail: "A definition has at most 60,000 characters" }];
  return [
    ...termFaults(definition),
    ...schemaFaults(definition.parameters, "/parameters", checking),
    ...contractFaults(definition, checking),
    ...stepsFaults(enter, "/enter", definition, checking, false),
    ...stepsFaults(adjust, "/adjust", definition, checking, true),
    ...stepsFaults(exit, "/exit", definition, checking, true),
    ...(valuation === undefined ? [] : valueFaults(valuation, "/valuation", position)),
    ...(health ? valueFaults(health.value, "/health/value", position) : []),
  ];
}

function termFaults(definition: PlayDefinition): Fault[] {
  const { network, asset, minimum, maximum, capacity, fees, assets, availability, enter, exit } = definition;
  const untimely = (time: string | undefined) => time !== undefined && !isInstant(time);
  const elsewhere = (each: string) => parseAsset(each)?.network !== network;
  const told: readonly [boolean, string, string][] = [
    [!isNetworkId(network), "/network", "Give a CAIP-2 chain"],
    [elsewhere(asset), "/asset", "The asset is a CAIP-19 asset of the network"],
    [compareAmounts(minimum, maximum) > 0, "/minimum", "The minimum is above the maximum"],
    [minimum === "0", "/minimum", "The minimum is above zero"],
    [capacity !== undefined && compareAmounts(capacity, minimum) < 0, "/capacity", "The capacity is below the minimum"],
    [Object.values(fees).some((fee) => fee !== 0), "/fees", "Platform fees are not available yet: give zero"],
    [enter.length === 0, "/enter", "Give the steps to enter"],
    [exit.length === 0, "/exit", "Give the steps to exit"],
    [untimely(availability?.from), "/availability/from", "Give a time such as 2026-11-23T01:30:00.000Z"],
    [untimely(availability?.until), "/availability/until", "Give a time such as 2026-11-23T01:30:00.000Z"],
    [(availability?.from ?? "") >= (availability?.until ?? "~"), "/availability", "It ends before it begins"],
  ];
  const strange = assets.flatMap(({ asset: each }, index) =>
    elsewhere(each)
      ? [{ pointer: `/assets/${index}/asset`, detail: "The asset is a CAIP-19 asset of the network" }]
      : [],
  );
  return [...told.filter(([wrong]) => wrong).map(([, pointer, detail]) => ({ pointer, detail })), ...strange];
}

function schemaFaults(schema: PlayDefinition["parameters"], at: string, { schemas }: Checking): Fault[] {
  return schemas.faultsOfSchema(schema).map(({ pointer, detail }) => ({ pointer: `${at}${pointer}`, detail }));
}

function contractFaults({ contracts, spenders }: PlayDefinition, { selector }: Checking): Fault[] {
  const addresses = contracts.flatMap(({ address, functions }, index) => [
    ...(isAddress(address) ? [] : [{ pointer: `/contracts/${index}/address`, detail: "Give an EVM address" }]),
    ...functions.flatMap((fragment, place) =>
      selector(fragment) === "malformed"
        ? [{ pointer: `/contracts/${index}/functions/${place}`, detail: "Give a human-readable ABI fragment" }]
        : [],
    ),
  ]);
  const strange = spenders.flatMap((spender, index) =>
    isAddress(spender) ? [] : [{ pointer: `/spenders/${index}`, detail: "Give an EVM address" }],
  );
  return [...addresses, ...strange];
}

function stepsFaults(
  steps: readonly PlayStep[],
  at: string,
  definition: PlayDefinition,
  checking: Checking,
  position: boolean,
): Fault[] {
  const ids = steps.map(({ id }) => id);
  return steps.flatMap((step, index) => {
    const pointer = `${at}/${index}`;
    // Only transactions have effects that a value could stand on.
    const before = steps.slice(0, index).flatMap(({ id, type }) => (type === "transaction" ? [id] : []));
    const here = placeOf(definition, checking, { position, order: true, steps: before });
    const undoing = placeOf(definition, checking, { position, order: true, steps: [...before, step.id] });
    return [
      ...(ids.indexOf(step.id) < index ? [{ pointer: `${pointer}/id`, detail: "Another step has this id" }] : []),
      ...stepFaults(step, pointer, definition, checking, here, undoing),
    ];
  });
}

function stepFaults(
  step: PlayStep,
  at: string,
  definition: PlayDefinition,
  checking: Checking,
  here: ValuePlace,
  undoing: ValuePlace,
): Fault[] {
  switch (step.type) {
    case "manual":
      return schemaFaults(step.evidence, `${at}/evidence`, checking);
    case "approval":
      if (checking.permissions.includes(step.permission)) return [];
      return [{ pointer: `${at}/permission`, detail: "There is no such permission" }];
    case "transaction":
      return [
        ...intentFaults(step.intent, `${at}/intent`, definition, checking, here),
        ...(step.compensation
          ? intentFaults(step.compensation, `${at}/compensation`, definition, checking, undoing)
          : []),
      ];
    case "wait":
      if ("until" in step || secondsOf(step.duration) !== undefined) return [];
      return [{ pointer: `${at}/duration`, detail: "Give a duration such as PT1H" }];
  }
}

function intentFaults(
  intent: PlayIntent,
  at: string,
  definition: PlayDefinition,
  { selector }: Checking,
  place: ValuePlace,
): Fault[] {
  const values = (fields: Readonly<Record<string, Value | undefined>>) =>
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : valueFaults(value, `${at}/${name}`, place),
    );
  if (intent.type === "send") {
    const { asset, to, amount } = intent;
    const declared = [definition.asset, ...definition.assets.map((each) => each.asset)].some((each) =>
      same(each, asset),
    );
    const undeclared = { pointer: `${at}/asset`, detail: "The asset is not declared" };
    return [...(declared ? [] : [undeclared]), ...values({ to, amount })];
  }
  const { to, arguments: given, value } = intent;
  const wanted = selector(intent.function);
  const malformed = { pointer: `${at}/function`, detail: "Give a human-readable ABI fragment" };
  const undeclared = { pointer: at, detail: "Contract and function are not declared in contracts" };
  const declares = ({ address, functions }: PlayDefinition["contracts"][number]) =>
    typeof to === "string" && same(address, to) && functions.some((fragment) => selector(fragment) === wanted);
  return [
    ...(wanted === "malformed" ? [malformed] : []),
    ...(typeof to === "string" && wanted !== "malformed" && !definition.contracts.some(declares) ? [undeclared] : []),
    ...values({ to, arguments: given, value }),
  ];
}

type Known = { readonly position: boolean; readonly order: boolean; readonly steps: readonly string[] };

/** The facts that a value may name in its place. */
function placeOf(definition: PlayDefinition, { selector }: Checking, known: Known): ValuePlace {
  const parameters = Object.keys((definition.parameters.properties ?? {}) as object);
  const held = [definition.asset, ...definition.assets.map(({ asset }) => asset)];
  const contracts = definition.contracts.map(({ address }) => address);
  const isHeld = (asset: string) => held.some((each) => same(each, asset));
  const isContract = (address: string) => contracts.some((each) => same(each, address));
  const knows = (path: string): boolean => {
    if (path === "wallet.address") return true;
    if (path === "order.amount") return known.order;
    const [, kind, rest = ""] = /^(parameters|position\.token|position|steps)\.(.+)$/.exec(path) ?? [];
    if (kind === "parameters") return known.order && parameters.includes(rest);
    if (kind === "position") return known.position && isHeld(rest);
    if (kind === "position.token") return known.position && isContract(rest);
    const [, step = "", what, of = ""] = /^([^.]+)\.(effects|token)\.(.+)$/.exec(rest) ?? [];
    if (kind !== "steps" || !known.steps.includes(step)) return false;
    return what === "effects" ? isHeld(of) : isContract(of);
  };
  return { knows, selector };
}

function isAddress(text: string): boolean {
  return /^0x[0-9a-fA-F]{40}$/.test(text);
}

/** EVM addresses, alone or in an asset, are equal in any case. */
function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
