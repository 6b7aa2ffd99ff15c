import { expect, test } from "bun:test";
import type { AggregateStore } from "../../ports/mod.ts";
import { amount } from "../shared/mod.ts";
import { approver, author, causeOf, definition, offerer, proof, startPlays, token } from "./_world_test.ts";
import type { Play, PlayEvent, PlayId } from "./mod.ts";

const changed = { ...definition, title: "Steadier vault" };
const faulty = { ...definition, spenders: ["vault"] };
const refused = (refusal: string) => ({ ok: false, refusal });
const unknown = "nothing" as PlayId;

test("a faulty definition is neither drafted nor revised, and says where", async () => {
  const { service, offered, stores } = startPlays();
  const outcome = {
    ...refused("definition-faulty"),
    faults: [{ pointer: "/spenders/0", detail: "Give an EVM address" }],
  };
  expect(await service.draft(faulty, causeOf(author))).toEqual(outcome as never);
  expect((await stores.journal.read({ limit: 10 })).items).toEqual([]);
  const { id, revision } = await offered();
  expect(await service.revise(id, revision, faulty, causeOf(author))).toEqual(outcome as never);
});

test("a draft is revised on the revision that was seen", async () => {
  const { service, plays } = startPlays();
  const drafted = await service.draft(definition, causeOf(author));
  if (!drafted.ok) throw new Error("refused");
  const id = drafted.id as PlayId;
  expect(await service.draftOf(id)).toMatchObject({ ok: true, revision: 1, view: { offered: false, version: 0 } });
  expect(await service.revise(id, 2, changed, causeOf(author))).toMatchObject(refused("revision-stale"));
  expect(await service.revise(id, 0, changed, causeOf(author))).toMatchObject(refused("revision-stale"));
  expect(await service.revise(id, 1, changed, causeOf(offerer))).toMatchObject({ ok: true, revision: 2 });
  expect(await service.draftOf(id)).toMatchObject({
    ok: true,
    ...{ revision: 2, view: { draft: changed, authors: [author, offerer], status: "draft" } },
  });
  expect(await service.revise(unknown, 1, changed, causeOf(author))).toMatchObject(refused("play-not-found"));
  expect(await service.draftOf(unknown)).toMatchObject(refused("play-not-found"));
  expect((await plays.load(id)).revision).toBe(2);
});

test("a judgement without a valid signature changes nothing", async () => {
  const { service, offered, plays } = startPlays();
  const { id, digest } = await offered();
  const forged = { ...proof, signature: "forged" };
  for (const decision of ["approve", "reject"] as const) {
    const judged = await service.judge(id, { decision, digest, proof: forged }, causeOf(approver));
    expect(judged).toMatchObject(refused("proof-invalid"));
  }
  expect((await plays.load(id)).state).toMatchObject({ status: "draft", offer: { digest } });
});

test("publishing makes the play and its version in one commit; again it changes nothing", async () => {
  const { service, offered, stores, plays } = startPlays();
  const { id, digest } = await offered();
  const judgement = { decision: "approve", digest, proof, comment: "Fine" } as const;
  expect(await service.judge(id, judgement, causeOf(author))).toMatchObject(refused("play-approver-is-author"));
  expect(await service.one(id)).toMatchObject(refused("play-not-found"));
  const judged = await service.judge(id, judgement, causeOf(approver));
  expect(judged).toMatchObject({ ok: true, id, revision: 4, state: { status: "published" } });
  expect(await service.judge(id, judgement, causeOf(approver))).toMatchObject({ ok: true, revision: 4 });
  const { items } = await stores.journal.read({ limit: 10, order: "ascending" });
  expect(items.map(({ envelope }) => envelope.event.type)).toEqual([
    ...["PlayDrafted", "PlayOffered", "PlayApproved", "PlayPublished", "VersionPublished"],
  ]);
  expect(items.slice(2, 4).map(({ envelope }) => envelope.event)).toMatchObject([
    { comment: "Fine", proof },
    { version: 1, digest },
  ]);
  expect(await service.one(id)).toMatchObject({ ok: true, view: { id, version: 1, digest, open: true } });
  expect((await plays.load(id)).revision).toBe(4);
});

test("a rejected draft is not published", async () => {
  const { service, offered } = startPlays();
  const { id, digest } = await offered();
  const rejected = await service.judge(id, { decision: "reject", digest, proof }, causeOf(approver));
  expect(rejected).toMatchObject({ ok: true, state: { status: "draft" } });
  expect(await service.versionsOf(id, { limit: 9 })).toMatchObject(refused("play-not-found"));
  const late = await service.judge(id, { decision: "approve", digest, proof }, causeOf(approver));
  expect(late).toMatchObject(refused("play-not-offered"));
});

test("an approval that another version overtakes publishes nothing without its version", async () => {
  let between: (() => Promise<unknown>) | undefined;
  const overtaken = <Store extends object>(store: Store): Store => {
    const { load } = store as AggregateStore<Play, PlayEvent>;
    const slowly: typeof load = async (id) => {
      const loaded = await load(id);
      const meanwhile = between;
      between = undefined;
      await meanwhile?.();
      return loaded;
    };
    return { ...store, load: slowly };
  };
  const { service, published, next, plays } = startPlays(overtaken);
  const id = await published();
  const { revision } = await plays.load(id);
  await service.revise(id, revision, changed, causeOf(author));
  const offered = await service.offer(id, proof, causeOf(offerer));
  const digest = offered.ok ? offered.state.draft.digest : "";
  const judgement = { decision: "approve", digest, proof } as const;
  between = async () => {
    await service.judge(id, judgement, causeOf(approver));
    await next(id, definition);
    await service.revise(id, (await plays.load(id)).revision, changed, causeOf(author));
    await service.offer(id, proof, causeOf(offerer));
  };
  await expect(service.judge(id, judgement, causeOf(approver))).rejects.toMatchObject({ retryable: true });
  expect(await service.one(id)).toMatchObject({ ok: true, view: { version: 3 } });
  expect(await service.judge(id, judgement, causeOf(approver))).toMatchObject({ state: { latest: { version: 4 } } });
  expect(await service.version(id, 4)).toMatchObject({ ok: true, view: { digest } });
});

test("versions never change", async () => {
  const { service, published, next } = startPlays();
  const id = await published();
  const first = await service.version(id, 1);
  expect(first).toMatchObject({ ok: true, view: { play: id, version: 1, definition } });
  await next(id, changed);
  await next(id, { ...definition, risk: "high" });
  expect(await service.version(id, 1)).toEqual(first);
  expect(await service.version(id, 2)).toMatchObject({ ok: true, view: { version: 2, definition: changed } });
  expect(await service.one(id)).toMatchObject({ ok: true, view: { version: 3, risk: "high" } });
  for (const number of [0, 4, 1.5])
    expect(await service.version(id, number)).toMatchObject(refused("version-not-found"));
});

test("versions come newest first, page by page", async () => {
  const { service, published, next } = startPlays();
  const id = await published();
  for (const title of ["B", "C", "D", "E"]) await next(id, { ...definition, title });
  const numbers: number[] = [];
  let after: string | undefined;
  do {
    const page = await service.versionsOf(id, { limit: 2, after });
    if (!page.ok) throw new Error(page.refusal);
    numbers.push(...page.items.map(({ version }) => version));
    after = page.next;
  } while (after !== undefined);
  expect(numbers).toEqual([5, 4, 3, 2, 1]);
  for (const cursor of ["", "v0", "v1", "v6", "5", "v05", "vv"]) {
    const page = service.versionsOf(id, { limit: 2, after: cursor });
    await expect(page).rejects.toMatchObject({ name: "BadCursor" });
  }
});

test("pausing, resuming and retiring open and close it; a retired play is no longer in the catalogue but can be read", async () => {
  const { service, published } = startPlays();
  const id = await published();
  const open = async () => (await service.catalogue({ limit: 9 })).items.map((each) => each.open);
  await service.pause(id, "audit", causeOf(offerer));
  expect(await open()).toEqual([false]);
  expect(await service.pause(id, "audit", causeOf(offerer))).toMatchObject({ ok: true, revision: 5 });
  await service.resume(id, "done", causeOf(offerer));
  expect(await open()).toEqual([true]);
  await service.retire(id, "old", causeOf(offerer));
  expect(await open()).toEqual([]);
  expect(await service.one(id)).toMatchObject({ ok: true, view: { status: "retired", open: false } });
  expect(await service.resume(id, "again", causeOf(offerer))).toMatchObject(refused("play-retired"));
  expect(await service.pause(unknown, "audit", causeOf(offerer))).toMatchObject(refused("play-not-found"));
});

test("a check tells every fault that an order would meet, and the steps to come", async () => {
  const { service, published, capacities } = startPlays();
  const id = await published();
  const check = async (action: "enter" | "adjust" | "exit", size: string, parameters: object = {}) => {
    const outcome = await service.check(id, { action, amount: size, parameters });
    if (!outcome.ok) throw new Error(outcome.refusal);
    return outcome.planned;
  };
  const pointers = async (...asked: Parameters<typeof check>) =>
    (await check(...asked)).faults.map(({ pointer }) => pointer);
  expect(await check("enter", "100", { note: "mine" })).toEqual({
    faults: [],
    fees: { entry: "0", exit: "0", performance: "0" },
    steps: [
      { id: "check", title: "Check", type: "manual" },
      { id: "release", title: "Release", type: "approval" },
      { id: "allow", title: "Allow", type: "transaction" },
      { id: "deposit", title: "Deposit", type: "transaction" },
    ],
  });
  expect(await pointers("enter", "9", { note: 5 })).toEqual(["/amount", "/parameters/note"]);
  expect(await pointers("enter", "1001", { other: 1 })).toEqual(["/amount", "/parameters"]);
  for (const size of ["all", "-1", "1.5", "", "01"]) expect(await pointers("enter", size)).toEqual(["/amount"]);
  expect(await pointers("adjust", "100")).toEqual(["/action"]);
  for (const size of ["all", "1", "5000"]) expect(await pointers("exit", size)).toEqual([]);
  for (const size of ["0", "x"]) expect(await pointers("exit", size)).toEqual(["/amount"]);
  const { kind } = capacities;
  const changes = [{ type: "CapacityChanged", order: "o", delta: "1401" as never, claimed: amount("1401") }] as const;
  await capacities.commit({
    ...{ kind: kind.name, schema: 1, id, revision: 0, state: { claimed: "1401" }, events: changes },
    cause: causeOf(author),
  });
  expect(await pointers("enter", "100")).toEqual(["/amount"]);
  expect(await pointers("enter", "99")).toEqual([]);
  await service.pause(id, "audit", causeOf(offerer));
  expect(await pointers("enter", "99")).toEqual([""]);
  expect(await pointers("exit", "all")).toEqual([]);
  expect(await service.check(unknown, { action: "exit", amount: "all", parameters: {} })).toMatchObject(
    refused("play-not-found"),
  );
});

test("an adjustment may be small, but not above the maximum; a draft takes no orders at all", async () => {
  const { service, published, offered } = startPlays();
  const id = await published({ ...definition, adjust: definition.enter });
  const check = (size: string) => service.check(id, { action: "adjust", amount: size, parameters: {} });
  expect(await check("1")).toMatchObject({ planned: { faults: [] } });
  expect(await check("1001")).toMatchObject({ planned: { faults: [{ pointer: "/amount" }] } });
  const draft = (await offered()).id;
  const asked = { action: "enter", amount: "100", parameters: {} } as const;
  expect(await service.check(draft, asked)).toMatchObject(refused("play-not-found"));
});

test("a play whose exit never asks for the amount is left whole", async () => {
  const { service, published } = startPlays();
  const send = { type: "send", asset: definition.asset, to: token, amount: "1" } as const;
  const id = await published({
    ...definition,
    exit: [{ id: "x", title: "Leave", type: "transaction", intent: send }],
  });
  const check = (size: string) => service.check(id, { action: "exit", amount: size, parameters: {} });
  expect(await check("5")).toMatchObject({ planned: { faults: [{ pointer: "/amount" }] } });
  expect(await check("all")).toMatchObject({ planned: { faults: [] } });
});
