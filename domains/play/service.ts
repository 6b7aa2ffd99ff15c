import {
  type AggregateStore,
  atRevision,
  type Cause,
  type Clock,
  Contention,
  type Digest,
  type Loaded,
  type NewId,
  NotYetKnown,
  type Outcome,
  type Proof,
  type ProvenDecision,
  type SchemaFault,
  transact,
  transactTogether,
  type VerifyProof,
} from "../../ports/mod.ts";
import { refuse } from "../shared/mod.ts";
import {
  type Capacity,
  type CapacityEvent,
  type Claim,
  type ClaimEvent,
  claimCapacity,
  type OrderTerms,
  releaseCapacity,
  type Taken,
  takeCapacity,
} from "./capacity.ts";
import { type CatalogueQuery, createCatalogue } from "./catalogue.ts";
import { type Checking, definitionFaults } from "./checks.ts";
import type { PlayDefinition } from "./definition.ts";
import {
  approvePlay,
  type ChangePlay,
  type ChangePlayRefusal,
  type DraftPlayRefusal,
  draftPlay,
  type JudgePlayRefusal,
  type KnownPlay,
  type OfferPlayRefusal,
  offerPlay,
  type Play,
  type PlayEvent,
  type PlayId,
  pausePlay,
  type RevisePlayRefusal,
  rejectPlay,
  resumePlay,
  retirePlay,
  revisePlay,
} from "./play.ts";
import { type PlayVersion, type PlayVersionEvent, versionId } from "./version.ts";

export type PlayRefusal =
  | DraftPlayRefusal
  | RevisePlayRefusal
  | OfferPlayRefusal
  | JudgePlayRefusal
  | ChangePlayRefusal
  | "definition-faulty"
  | "proof-invalid"
  | "revision-stale";

export type PlayService = ReturnType<typeof createPlayService>;
export type { CatalogueQuery };

export type PlayDependencies = Checking & {
  readonly plays: AggregateStore<Play, PlayEvent>;
  readonly versions: AggregateStore<PlayVersion, PlayVersionEvent>;
  readonly capacities: AggregateStore<Capacity, CapacityEvent>;
  readonly claims: AggregateStore<Claim, ClaimEvent>;
  readonly verifyProof: VerifyProof;
  readonly digest: Digest;
  readonly clock: Clock;
  readonly newId: NewId;
};

type Faulty = { readonly ok: false; readonly refusal: "definition-faulty"; readonly faults: readonly SchemaFault[] };

/** The commands and questions of the play domain. */
export function createPlayService(dependencies: PlayDependencies) {
  const { plays, versions, capacities, claims, verifyProof, digest, clock, newId, ...checking } = dependencies;

  function faulty(definition: PlayDefinition): Faulty | undefined {
    const faults = definitionFaults(definition, checking);
    return faults.length > 0 ? { ok: false, refusal: "definition-faulty", faults } : undefined;
  }

  /** The play and its next version change together: what is published is whole. */
  async function judge(id: PlayId, { decision, comment, proof, ...judged }: ProvenDecision, cause: Cause) {
    if (!(await verifyProof(proof))) return refuse("proof-invalid");
    const { state } = await plays.load(id);
    const next = state.status === "absent" ? 1 : (state.latest?.version ?? 0) + 1;
    const targets = { play: { store: plays, id }, version: { store: versions, id: versionId(id, next) } };
    const command = { ...judged, proof, by: cause.actor, comment, at: clock() };
    const outcome = await transactTogether(targets, cause, ({ play }) => {
      const decided = decision === "approve" ? approvePlay(play.state, command) : rejectPlay(play.state, command);
      if (!decided.ok) return decided;
      return { ok: true, events: { play: decided.events, version: publishedBy(id, next, play.state, decided.events) } };
    });
    return outcome.ok ? known(outcome.play) : outcome;
  }

  function change(decide: typeof pausePlay, id: PlayId, reason: string, cause: Cause) {
    const command: ChangePlay = { reason, by: cause.actor };
    return knownAfter(transact(plays, id, cause, (play) => decide(play, command)));
  }

  function claiming(play: string, order: string) {
    return { capacity: { store: capacities, id: play }, claim: { store: claims, id: order } };
  }

  /** Which play an order is of: its claim says; an order that never got that far has nothing to give back. */
  async function playOf(order: string): Promise<string> {
    const { state } = await claims.load(order);
    return state.status === "none" || state.status === "refused" ? "none" : state.play;
  }

  return {
    ...createCatalogue({ plays, versions, capacities, checking, clock }),

    async draft(definition: PlayDefinition, cause: Cause) {
      const faults = faulty(definition);
      if (faults) return faults;
      const command = { definition, digest: digest(definition), by: cause.actor };
      return knownAfter(transact(plays, newId(), cause, (play) => draftPlay(play, command)));
    },

    async revise(id: PlayId, revision: number, definition: PlayDefinition, cause: Cause) {
      const faults = faulty(definition);
      if (faults) return faults;
      const command = { definition, digest: digest(definition), by: cause.actor };
      const revised = (play: Play) => revisePlay(play, command);
      return knownAfter(transact(plays, id, cause, atRevision(revision, revised)));
    },

    offer(id: PlayId, proof: Proof, cause: Cause) {
      const command = { by: cause.actor, proof, at: clock() };
      return knownAfter(transact(plays, id, cause, (play) => offerPlay(play, command)));
    },

    judge,

    pause: (id: PlayId, reason: string, cause: Cause) => change(pausePlay, id, reason, cause),
    resume: (id: PlayId, reason: string, cause: Cause) => change(resumePlay, id, reason, cause),
    retire: (id: PlayId, reason: string, cause: Cause) => change(retirePlay, id, reason, cause),

    /** Claims capacity for an order, or records why there is none. */
    async claim(terms: OrderTerms, cause: Cause) {
      const [play, version] = await Promise.all([
        plays.load(terms.play),
        versions.load(versionId(terms.play, terms.version)),
      ]);
      const offered = { play: play.state, version: version.state, at: clock() };
      const events = ({ capacity, claim }: { capacity: Loaded<Capacity>; claim: Loaded<Claim> }) =>
        claimCapacity(capacity.state, claim.state, terms, offered);
      return transactTogether(claiming(terms.play, terms.order), cause, (all) => ({ ok: true, events: events(all) }));
    },

    async take(taken: Taken, cause: Cause) {
      const { order, position } = taken;
      const play = await playOf(order);
      if (play === "none") throw new NotYetKnown(`Cannot fill order "${order}": its claim is not known`);
      if (position === order) {
        return transactTogether(claiming(play, order), cause, ({ capacity, claim }) => ({
          ok: true,
          events: takeCapacity(capacity.state, claim.state, claim.state, taken),
        }));
      }
      const targets = { ...claiming(play, order), entered: { store: claims, id: position } };
      return transactTogether(targets, cause, ({ capacity, claim, entered }) => ({
        ok: true,
        events: takeCapacity(capacity.state, claim.state, entered.state, taken),
      }));
    },

    /** The order came to nothing; `emptied`: the position that it left with nothing. */
    async release(order: string, reason: string, cause: Cause, emptied?: string) {
      const targets = claiming(await playOf(order), order);
      if (emptied === undefined) {
        return transactTogether(targets, cause, ({ capacity, claim }) => ({
          ok: true,
          events: releaseCapacity(capacity.state, claim.state, { order, reason }),
        }));
      }
      return transactTogether({ ...targets, entered: { store: claims, id: emptied } }, cause, (all) => ({
        ok: true,
        events: releaseCapacity(all.capacity.state, all.claim.state, { order, reason }, all.entered.state),
      }));
    },
  };
}

function publishedBy(
  id: string,
  version: number,
  play: Play,
  events: readonly PlayEvent[],
): readonly PlayVersionEvent[] {
  return events.flatMap((event) => {
    if (event.type !== "PlayPublished" || play.status === "absent") return [];
    if (event.version !== version) {
      throw new Contention(`Cannot publish version ${version} of play "${id}": another one came first`);
    }
    const { digest, at } = event;
    return [{ type: "VersionPublished", play: id, version, digest, definition: play.draft.definition, at }] as const;
  });
}

/** Commands answer with the play that they left; none of them leaves an absent one. */
function known(loaded: Loaded<Play>) {
  if (loaded.state.status === "absent") return refuse("play-not-found");
  return { ok: true, id: loaded.id, revision: loaded.revision, state: loaded.state as KnownPlay } as const;
}

async function knownAfter<Refusal extends string>(changing: Promise<Outcome<Play, Refusal>>) {
  const outcome = await changing;
  if (outcome.ok) return known(outcome);
  return outcome as { readonly ok: false; readonly refusal: Refusal };
}
