import type { AggregateStore, Clock } from "../../ports/mod.ts";
import {
  type Amount,
  type AssetId,
  amount,
  cappedAmount,
  type Instant,
  type NetworkId,
  sizeOf,
  type UserId,
} from "../shared/mod.ts";
import type { AbiCodec, Call, Simulation } from "./chain.ts";
import { type Destinations, type DestinationsEvent, isListed } from "./destinations.ts";
import { type Intent, transferFragment } from "./intent.ts";
import { inForceId, type PolicyInForce, type PolicyInForceEvent } from "./policy.ts";
import { judge } from "./policy_engine.ts";
import type { Policy, PolicyFacts, Verdict } from "./policy_rules.ts";
import { explainVerdict } from "./policy_words.ts";
import { isRegistered, type Registration, type RegistrationEvent } from "./registration.ts";
import {
  limitsOf,
  type Reserved,
  type Subject,
  type VolumeEvent,
  type Volumes,
  volumeId,
  volumesAt,
} from "./volume.ts";

export type Judging = ReturnType<typeof createJudging>;

/** A verdict as it is kept: by which version, from which facts, in words. */
export type Judgement = Verdict & { readonly version: number; readonly words: string; readonly facts: PolicyFacts };

export type PolicyRefusal = "policy-refused" | "approvals-needed";

/** What a verdict refuses, if it does. */
export function refusalOf({ verdict }: Verdict): PolicyRefusal | undefined {
  if (verdict === "allowed") return undefined;
  return verdict === "refused" ? "policy-refused" : "approvals-needed";
}

type Encoded = {
  readonly initiator: string;
  readonly user: UserId;
  readonly wallet: string;
  readonly network: NetworkId;
  readonly intent: Intent<unknown>;
  readonly call: Call;
  readonly amounts: PolicyFacts["amounts"];
};

type Dependencies = {
  readonly policyInForce: AggregateStore<PolicyInForce, PolicyInForceEvent>;
  readonly registrations: AggregateStore<Registration, RegistrationEvent>;
  readonly destinations: AggregateStore<Destinations, DestinationsEvent>;
  readonly volumes: AggregateStore<Volumes, VolumeEvent>;
  readonly codec: AbiCodec;
  readonly clock: Clock;
};

/** Judges transfers by the policy in force: gathers what is known of them, and what counted before. */
export function createJudging(dependencies: Dependencies) {
  const { policyInForce, registrations, destinations, volumes, codec, clock } = dependencies;

  /** The facts, from the call as it would be signed. */
  async function factsOf({ initiator, user, wallet, network, intent, call, amounts }: Encoded): Promise<PolicyFacts> {
    const to = destinationOf(intent, call, codec);
    const account = `${network}:${to}`;
    const [registration, listed] = await Promise.all([registrations.load(user), destinations.load(wallet)]);
    const kinds = [
      ...(isRegistered(registration.state, network, to) ? (["registered"] as const) : []),
      ...(isListed(listed.state, account, clock()) ? (["allow-listed"] as const) : []),
    ];
    const selector = call.data.length >= 10 ? { function: call.data.slice(0, 10) } : {};
    return {
      ...{ initiator, network, intent: intent.type, amounts },
      destinations: [{ account, kinds }],
      calls: intent.type === "send" ? [] : [{ contract: `${network}:${call.to}`, ...selector }],
    };
  }

  /** The ids of the volumes that the policy limits for what leaves. */
  function countedBy(policy: Policy, { amounts }: PolicyFacts, subject: Subject): readonly string[] {
    const leaving = limitsOf(policy).filter(({ asset }) => amounts.some((each) => each.asset === asset));
    return [...new Set(leaving.map((limit) => volumeId(limit, subject)))];
  }

  /** Judges by these volumes; `own` is what the transfer has itself among them. */
  function decide(
    { version, policy }: PolicyInForce,
    facts: PolicyFacts,
    subject: Subject,
    states: ReadonlyMap<string, Volumes>,
    own: readonly Reserved[] = [],
  ): Judgement {
    const before = volumesAt(policy, subject, states, clock(), own);
    const verdict = judge(policy, facts, before);
    return { ...verdict, version, words: explainVerdict(policy, facts, before, verdict), facts };
  }

  /** Judges by what counts now. Whoever records what comes of it judges once more, in the same commit. */
  async function look(facts: PolicyFacts, subject: Subject, own: readonly Reserved[] = []) {
    const { state: inForce } = await policyInForce.load(inForceId);
    const counted = countedBy(inForce.policy, facts, subject);
    const loaded = await Promise.all(counted.map(async (id) => [id, (await volumes.load(id)).state] as const));
    return { inForce, counted, judgement: decide(inForce, facts, subject, new Map(loaded), own) };
  }

  return { factsOf, look, decide, volumes };
}

/** Who receives: read from the bytes, not from what was asked for. */
function destinationOf(intent: Intent<unknown>, { to, data }: Call, codec: AbiCodec): string {
  if (intent.type !== "send" || data === "0x") return to;
  return codec.decode(transferFragment, data)?.[0]?.value ?? to;
}

/** What a transfer reserves of the volumes that its policy limits. */
export function reservedOf(counted: readonly string[], { amounts }: PolicyFacts, at: Instant): readonly Reserved[] {
  return counted.flatMap((volume) =>
    amounts.filter(({ asset }) => volume.endsWith(`:${asset}`)).map(({ amount }) => ({ volume, amount, at })),
  );
}

type VolumeTargets = {
  readonly [name: `volume ${string}`]: { readonly store: Judging["volumes"]; readonly id: string };
};

/** What is committed together with a transfer's volumes. */
export function withVolumes<Others extends object>(
  others: Others,
  volumes: Judging["volumes"],
  ids: readonly string[],
): Others & VolumeTargets {
  const targets = Object.fromEntries(ids.map((id) => [`volume ${id}`, { store: volumes, id }]));
  return { ...others, ...targets };
}

/** What their volumes record when a transfer begins, or ends without having moved money. */
export function volumeEvents(type: VolumeEvent["type"], transfer: string, reserved: readonly Reserved[]) {
  const events: { readonly [name: `volume ${string}`]: readonly VolumeEvent[] } = Object.fromEntries(
    reserved.map(({ volume, amount, at }) => [`volume ${volume}`, [{ type, transfer, amount, at }]]),
  );
  return events;
}

/** What leaves an account at most: what is sent, what a simulation shows to leave, and what others may take afterwards. */
export function leavingBy(
  intent: Intent<unknown>,
  call: Call,
  nativeAsset: AssetId,
  simulation?: Simulation,
): PolicyFacts["amounts"] {
  if (intent.type === "send" && typeof intent.amount === "string") {
    return [{ asset: intent.asset as AssetId, amount: amount(intent.amount) }];
  }
  const sums = new Map<AssetId, bigint>();
  const add = (asset: AssetId, by: Amount) => sums.set(asset, (sums.get(asset) ?? 0n) + BigInt(by));
  for (const { asset, delta } of simulation?.effects ?? []) if (delta.startsWith("-")) add(asset, sizeOf(delta));
  for (const { asset, amount } of simulation?.allowances ?? []) add(asset as AssetId, amount);
  const value = BigInt(call.value);
  if (value > (sums.get(nativeAsset) ?? 0n)) sums.set(nativeAsset, value);
  return [...sums].map(([asset, sum]) => ({ asset, amount: cappedAmount(sum) }));
}
