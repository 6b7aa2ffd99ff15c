import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Decision, UserId } from "../shared/mod.ts";
import { approver, at, author, definition, offerer, proof } from "./_world_test.ts";
import {
  approvePlay,
  draftPlay,
  evolve,
  offerPlay,
  type Play,
  type PlayEvent,
  pausePlay,
  rejectPlay,
  resumePlay,
  retirePlay,
  revisePlay,
} from "./play.ts";

const absent: Play = { status: "absent" };
const because = { reason: "audit", by: offerer };
const changed = { ...definition, title: "Steadier vault" };

const drafted: PlayEvent = { type: "PlayDrafted", definition, digest: "d1", by: author };
const redrafted: PlayEvent = { type: "PlayDrafted", definition: changed, digest: "d2", by: author };
const offeredWith = (digest: string): PlayEvent => ({ type: "PlayOffered", digest, by: offerer, at, proof });
const publishedWith = (digest: string, version: number): PlayEvent => ({
  ...{ type: "PlayPublished", version, digest, title: definition.title, by: approver, at },
});
const offered = [drafted, offeredWith("d1")];
const published = [...offered, publishedWith("d1", 1)];
const paused: PlayEvent = { type: "PlayPaused", ...because };
const retired: PlayEvent = { type: "PlayRetired", ...because };

const after = (...events: readonly PlayEvent[]) => events.reduce(evolve, absent);
const judging = (by: UserId, digest = "d1") => ({ digest, by, proof, at });
const nothing = { ok: true, events: [] } as const;
const refused = <Refusal extends string>(refusal: Refusal) => ({ ok: false, refusal }) as const;

test("draftPlay() writes the draft, and records nothing for the same one", () => {
  const command = { definition, digest: "d1", by: author };
  expect(draftPlay(absent, command)).toEqual({ ok: true, events: [drafted] });
  expect(draftPlay(after(drafted), command)).toEqual(nothing);
  expect(draftPlay(after(...published), command)).toEqual(nothing);
  expect(draftPlay(after(...published, retired), command)).toEqual(refused("play-retired"));
});

test("revisePlay() writes on a play that there is", () => {
  const command = { definition: changed, digest: "d2", by: author };
  expect(revisePlay(absent, command)).toEqual(refused("play-not-found"));
  expect(revisePlay(after(drafted), command)).toEqual({ ok: true, events: [redrafted] });
});

test("offerPlay() offers the draft once, and not what is published already", () => {
  const command = { by: offerer, proof, at };
  expect(offerPlay(absent, command)).toEqual(refused("play-not-found"));
  expect(offerPlay(after(drafted), command)).toEqual({ ok: true, events: [offeredWith("d1")] });
  expect(offerPlay(after(...offered), command)).toEqual(nothing);
  expect(offerPlay(after(...published), command)).toEqual(refused("play-unchanged"));
  expect(offerPlay(after(...published, redrafted), command)).toEqual({ ok: true, events: [offeredWith("d2")] });
  expect(offerPlay(after(...published, retired), command)).toEqual(refused("play-retired"));
});

test("approvePlay() takes a second person, and publishes", () => {
  const approved: PlayEvent = { type: "PlayApproved", digest: "d1", by: approver, proof };
  expect(approvePlay(after(...offered), judging(approver))).toEqual({
    ok: true,
    events: [approved, publishedWith("d1", 1)],
  });
  expect(approvePlay(after(...offered), judging(author))).toEqual(refused("play-approver-is-author"));
  expect(approvePlay(after(...offered), judging(offerer))).toEqual(refused("play-approver-is-author"));
  expect(approvePlay(after(...published), judging(approver))).toEqual(nothing);
});

test("approvePlay() keeps the comment", () => {
  const outcome = approvePlay(after(...offered), { ...judging(approver), comment: "Fine" });
  expect(outcome.ok && outcome.events[0]).toMatchObject({ type: "PlayApproved", comment: "Fine" });
});

test("everyone who wrote on a draft is its author, until it is published", () => {
  const [second, third] = ["u7", "u8"] as [UserId, UserId];
  const more: PlayEvent = { ...redrafted, by: second } as PlayEvent;
  const play = after(drafted, more, offeredWith("d2"));
  expect(approvePlay(play, judging(author, "d2"))).toEqual(refused("play-approver-is-author"));
  expect(approvePlay(play, judging(second, "d2"))).toEqual(refused("play-approver-is-author"));
  expect(approvePlay(play, judging(third, "d2")).ok).toBe(true);
  // The author of the version before may judge what someone else wrote since.
  const next = after(...published, more, offeredWith("d2"));
  expect(approvePlay(next, judging(author, "d2")).ok).toBe(true);
});

test("a draft that changed is no longer the one that was offered", () => {
  const play = after(...offered, redrafted);
  expect(approvePlay(play, judging(approver))).toEqual(refused("play-not-offered"));
  const again = after(...offered, redrafted, offeredWith("d2"));
  expect(approvePlay(again, judging(approver))).toEqual(refused("play-digest-differs"));
  expect(approvePlay(again, judging(approver, "d2")).ok).toBe(true);
});

test("nothing is judged that is not offered", () => {
  for (const judge of [approvePlay, rejectPlay]) {
    expect(judge(absent, judging(approver))).toEqual(refused("play-not-found"));
    expect(judge(after(drafted), judging(approver))).toEqual(refused("play-not-offered"));
    expect(judge(after(...published, retired, redrafted), judging(approver, "d2"))).toEqual(
      refused("play-not-offered"),
    );
  }
});

test("rejectPlay() turns the offer down: the draft stays and may be offered again", () => {
  const rejected: PlayEvent = { type: "PlayRejected", digest: "d1", by: approver, proof };
  expect(rejectPlay(after(...offered), judging(approver))).toEqual({ ok: true, events: [rejected] });
  expect(rejectPlay(after(...offered), judging(author))).toEqual(refused("play-approver-is-author"));
  const play = after(...offered, rejected);
  expect(play).toEqual(after(drafted));
  expect(approvePlay(play, judging(approver))).toEqual(refused("play-not-offered"));
  expect(offerPlay(play, { by: offerer, proof, at }).ok).toBe(true);
});

test("versions are numbered, and the newest one's title is the play's", () => {
  const play = after(...published, redrafted);
  expect(play).toMatchObject({ title: "Steady vault", latest: { version: 1, digest: "d1" } });
  const approved = approvePlay(after(...published, redrafted, offeredWith("d2")), judging(approver, "d2"));
  expect(approved.ok && approved.events[1]).toMatchObject({ version: 2, digest: "d2", title: "Steadier vault" });
  const next = approved.ok ? approved.events.reduce(evolve, play) : absent;
  expect(next).toMatchObject({ status: "published", title: "Steadier vault", latest: { version: 2, digest: "d2" } });
});

test("a play is paused, resumed and retired; doing it again records nothing", () => {
  expect(pausePlay(after(...published), because)).toEqual({ ok: true, events: [paused] });
  const resting = after(...published, paused);
  expect(pausePlay(resting, because)).toEqual(nothing);
  expect(resumePlay(resting, because)).toEqual({ ok: true, events: [{ type: "PlayResumed", ...because }] });
  expect(resumePlay(after(...published), because)).toEqual(nothing);
  expect(retirePlay(resting, because)).toEqual({ ok: true, events: [retired] });
  expect(retirePlay(after(...published, retired), because)).toEqual(nothing);
});

test.each([
  [absent, "play-not-found"],
  [after(drafted), "play-not-published"],
  [after(...published, retired), "play-retired"],
] as const)("nobody pauses or resumes what is not published (%#)", (play, refusal) => {
  expect(pausePlay(play, because)).toEqual(refused(refusal));
  expect(resumePlay(play, because)).toEqual(refused(refusal));
});

test("a draft may be retired, an unknown play not", () => {
  expect(retirePlay(after(drafted), because).ok).toBe(true);
  expect(retirePlay(absent, because)).toEqual(refused("play-not-found"));
});

test("a new version does not resume a paused play", () => {
  const play = after(...published, paused, redrafted, offeredWith("d2"), publishedWith("d2", 2));
  expect(play).toMatchObject({ status: "paused", latest: { version: 2 } });
});

test("a retired play leaves the catalogue, and its offer is over", () => {
  const play = after(...published, redrafted, offeredWith("d2"), retired);
  expect(play).toMatchObject({ status: "retired", listed: "no" });
  expect(approvePlay(play, judging(approver, "d2"))).toEqual(refused("play-not-offered"));
});

const someone = fc.constantFrom("u1", "u2", "u3") as fc.Arbitrary<UserId>;
const content = fc.constantFrom("d1", "d2", "d3");
type Command = (play: Play) => Decision<PlayEvent, string>;
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(content, someone).map(
    ([digest, by]): Command =>
      (play) =>
        draftPlay(play, { definition: { ...definition, title: digest }, digest, by }),
  ),
  someone.map(
    (by): Command =>
      (play) =>
        offerPlay(play, { by, proof, at }),
  ),
  fc.tuple(fc.constantFrom(approvePlay, rejectPlay), content, someone).map(
    ([judge, digest, by]): Command =>
      (play) =>
        judge(play, { digest, by, proof, at }),
  ),
  fc.constantFrom(pausePlay, resumePlay, retirePlay).map(
    (change): Command =>
      (play) =>
        change(play, because),
  ),
);

test("in any order and again and again: versions count from one, each by two people, and a repetition records nothing", () => {
  const law = fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
    let play: Play = absent;
    let authors = new Set<UserId>();
    const versions: number[] = [];
    for (const decide of commands) {
      const decision = decide(play);
      if (!decision.ok) continue;
      const offer = play.status === "absent" ? undefined : play.offer;
      for (const event of decision.events) {
        if (event.type === "PlayDrafted") authors.add(event.by);
        if (event.type !== "PlayPublished") continue;
        versions.push(event.version);
        expect(event.digest).toBe(offer?.digest ?? "");
        expect([...authors, offer?.by]).not.toContain(event.by);
        authors = new Set();
      }
      const judged = decision.events.some(({ type }) => type === "PlayRejected");
      play = decision.events.reduce(evolve, play);
      // A rejection ends the offer: there is nothing to reject a second time.
      if (!judged) expect(decide(play)).toEqual(nothing);
    }
    expect(versions).toEqual(versions.map((_, index) => index + 1));
  });
  fc.assert(law, { numRuns: 1000 });
});
