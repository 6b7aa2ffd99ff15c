/**
 * A play: drafted, offered, approved by a second person and so published as numbered versions that never change; paused,
 * resumed, retired. Pure: callers pass digests, ids and instants.
 *
 * @module
 */
import type { AggregateKind, Proof } from "../../ports/mod.ts";
import { accept, type Brand, type Decision, type Instant, refuse, type UserId } from "../shared/mod.ts";
import type { PlayDefinition } from "./definition.ts";

export type PlayId = Brand<"PlayId">;

type Draft = {
  readonly definition: PlayDefinition;
  readonly digest: string;
  /** Everyone who wrote on it since the version before: none of them approves it. */
  readonly authors: readonly UserId[];
};
type Offer = { readonly digest: string; readonly by: UserId; readonly at: Instant };
type Latest = { readonly version: number; readonly digest: string; readonly publishedAt: Instant };

export type KnownPlay = {
  readonly status: "draft" | "published" | "paused" | "retired";
  /** "yes" while it is in the catalogue. */
  readonly listed: "yes" | "no";
  /** The newest version's, or the draft's before the first. */
  readonly title: string;
  readonly draft: Draft;
  readonly offer?: Offer;
  readonly latest?: Latest;
};

export type Play = { readonly status: "absent" } | KnownPlay;

export type PlayEvent =
  | { readonly type: "PlayDrafted"; readonly definition: PlayDefinition; readonly digest: string; readonly by: UserId }
  | ({ readonly type: "PlayOffered"; readonly proof: Proof } & Offer)
  | ({ readonly type: "PlayApproved" } & Judged)
  | ({ readonly type: "PlayRejected" } & Judged)
  | {
      readonly type: "PlayPublished";
      readonly version: number;
      readonly digest: string;
      readonly title: string;
      readonly by: UserId;
      readonly at: Instant;
    }
  | { readonly type: "PlayPaused"; readonly reason: string; readonly by: UserId }
  | { readonly type: "PlayResumed"; readonly reason: string; readonly by: UserId }
  | { readonly type: "PlayRetired"; readonly reason: string; readonly by: UserId };

type Judged = { readonly digest: string; readonly by: UserId; readonly proof: Proof; readonly comment?: string };

type Deciding<Refusal extends string> = Decision<PlayEvent, Refusal>;

export type DraftPlay = { readonly definition: PlayDefinition; readonly digest: string; readonly by: UserId };
export type DraftPlayRefusal = "play-retired";

/** Writes the draft, or the next draft of a play that is published. A changed draft is not the one that was offered. */
export function draftPlay(play: Play, { definition, digest, by }: DraftPlay): Deciding<DraftPlayRefusal> {
  if (play.status === "retired") return refuse("play-retired");
  if (play.status !== "absent" && play.draft.digest === digest) return accept();
  return accept<PlayEvent>({ type: "PlayDrafted", definition, digest, by });
}

export type RevisePlayRefusal = "play-not-found" | DraftPlayRefusal;

/** Writes the next draft of a play that has one. */
export function revisePlay(play: Play, command: DraftPlay): Deciding<RevisePlayRefusal> {
  return play.status === "absent" ? refuse("play-not-found") : draftPlay(play, command);
}

export type OfferPlay = { readonly by: UserId; readonly proof: Proof; readonly at: Instant };
export type OfferPlayRefusal = "play-not-found" | "play-retired" | "play-unchanged";

/** Asks for the draft to be published: a second person approves its digest. */
export function offerPlay(play: Play, { by, proof, at }: OfferPlay): Deciding<OfferPlayRefusal> {
  if (play.status === "absent") return refuse("play-not-found");
  if (play.status === "retired") return refuse("play-retired");
  const { digest } = play.draft;
  if (play.latest?.digest === digest) return refuse("play-unchanged");
  if (play.offer) return accept();
  return accept<PlayEvent>({ type: "PlayOffered", digest, by, proof, at });
}

export type JudgePlay = {
  readonly digest: string;
  readonly by: UserId;
  readonly proof: Proof;
  readonly comment?: string | undefined;
  readonly at: Instant;
};
export type JudgePlayRefusal =
  | "play-not-found"
  | "play-not-offered"
  | "play-digest-differs"
  | "play-approver-is-author";

/**
 * Publishes the offered draft as the next version: it takes someone who neither wrote on it nor offered it. A paused play
 * stays paused.
 */
export function approvePlay(play: Play, command: JudgePlay): Deciding<JudgePlayRefusal> {
  const { digest, by, at } = command;
  if (play.status !== "absent" && play.latest?.digest === digest) return accept();
  const refusal = judgeRefusal(play, command);
  if (refusal || play.status === "absent") return refuse(refusal ?? "play-not-found");
  const { title } = play.draft.definition;
  const version = (play.latest?.version ?? 0) + 1;
  return accept<PlayEvent>(
    { type: "PlayApproved", ...judged(command) },
    { type: "PlayPublished", version, digest, title, by, at },
  );
}

/** Turns the offer down: the draft may be changed and offered again. */
export function rejectPlay(play: Play, command: JudgePlay): Deciding<JudgePlayRefusal> {
  const refusal = judgeRefusal(play, command);
  return refusal ? refuse(refusal) : accept<PlayEvent>({ type: "PlayRejected", ...judged(command) });
}

function judgeRefusal(play: Play, { digest, by }: JudgePlay): JudgePlayRefusal | undefined {
  if (play.status === "absent") return "play-not-found";
  if (!play.offer) return "play-not-offered";
  if (play.offer.digest !== digest) return "play-digest-differs";
  if (play.offer.by === by || play.draft.authors.includes(by)) return "play-approver-is-author";
  return undefined;
}

function judged({ digest, by, proof, comment }: JudgePlay): Judged {
  return { digest, by, proof, ...(comment !== undefined && { comment }) };
}

export type ChangePlay = { readonly reason: string; readonly by: UserId };
export type ChangePlayRefusal = "play-not-found" | "play-not-published" | "play-retired";

/** Takes no more orders. Open positions go on. */
export function pausePlay(play: Play, command: ChangePlay): Deciding<ChangePlayRefusal> {
  if (play.status === "paused") return accept();
  const refusal = changeRefusal(play);
  return refusal ? refuse(refusal) : accept<PlayEvent>({ type: "PlayPaused", ...command });
}

/** Takes orders again. */
export function resumePlay(play: Play, command: ChangePlay): Deciding<ChangePlayRefusal> {
  if (play.status === "published") return accept();
  const refusal = changeRefusal(play);
  return refusal ? refuse(refusal) : accept<PlayEvent>({ type: "PlayResumed", ...command });
}

/** Takes no more orders, ever. Open positions can still be left. */
export function retirePlay(play: Play, command: ChangePlay): Deciding<ChangePlayRefusal> {
  if (play.status === "retired") return accept();
  return play.status === "absent" ? refuse("play-not-found") : accept<PlayEvent>({ type: "PlayRetired", ...command });
}

function changeRefusal(play: Play): ChangePlayRefusal | undefined {
  if (play.status === "absent") return "play-not-found";
  if (play.status === "retired") return "play-retired";
  return play.status === "draft" ? "play-not-published" : undefined;
}

/** Replays a recorded fact. It never refuses: what is recorded has happened. */
export function evolve(play: Play, event: PlayEvent): Play {
  if (event.type === "PlayDrafted") return drafted(play, event);
  if (play.status === "absent") return play;
  const { offer, ...rest } = play;
  switch (event.type) {
    case "PlayOffered": {
      const { digest, by, at } = event;
      return { ...play, offer: { digest, by, at } };
    }
    case "PlayApproved":
      return play;
    case "PlayRejected":
      return rest;
    case "PlayPublished": {
      const { version, digest, title, at } = event;
      const draft = { ...play.draft, authors: [] };
      return {
        ...rest,
        status: play.status === "paused" ? "paused" : "published",
        listed: "yes",
        title,
        draft,
        latest: { version, digest, publishedAt: at },
      };
    }
    case "PlayPaused":
      return { ...play, status: "paused" };
    case "PlayResumed":
      return { ...play, status: "published" };
    case "PlayRetired":
      return { ...rest, status: "retired", listed: "no" };
  }
}

function drafted(play: Play, { definition, digest, by }: Extract<PlayEvent, { type: "PlayDrafted" }>): KnownPlay {
  const { title } = definition;
  if (play.status === "absent") {
    return { status: "draft", listed: "no", title, draft: { definition, digest, authors: [by] } };
  }
  const { offer: _, ...rest } = play;
  const authors = [...new Set([...play.draft.authors, by])];
  return { ...rest, title: play.latest ? play.title : title, draft: { definition, digest, authors } };
}

export const playKind: AggregateKind<Play, PlayEvent> = {
  name: "play",
  initial: { status: "absent" },
  evolve,
  upcasters: [],
  indexes: [["listed"], ["listed", "title"]],
};
