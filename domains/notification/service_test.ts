import { expect, test } from "bun:test";
import fc from "fast-check";
import { createStores, openDatabase } from "../../adapters/sqlite/mod.ts";
import { createBroadcast, deriveId, newId } from "../../adapters/system/mod.ts";
import type { Broadcast, Cause, RecordStore } from "../../ports/mod.ts";
import type { Instant, UserId } from "../shared/mod.ts";
import { cursorAfter, tailKind } from "./insertion.ts";
import { type Frame, type Notification, notificationKind, readMarkKind } from "./notification.ts";
import { createNotificationService, transferOwnerKind } from "./service.ts";

const [ann, bob] = ["ann", "bob"] as [UserId, UserId];
const clock = () => "2026-11-23T00:00:00.000Z" as Instant;
const causedBy = (event: string): Cause => ({ actor: ann, correlation: "c1", event, key: event });

type Slowed = <Value>(store: RecordStore<Value>) => RecordStore<Value>;

/** A process of the service; those of one world meet in its stores, and hear each other by its broadcast. */
function serve(slowed: Slowed = (store) => store, { records, broadcast } = createWorld()) {
  const service = createNotificationService({
    notifications: slowed(records(notificationKind)),
    tails: slowed(records(tailKind)),
    marks: records(readMarkKind),
    owners: records(transferOwnerKind),
    ...{ broadcast, clock, newId, deriveId },
  });
  const tell = (audience: Notification["audience"], event: string) =>
    service.notify({ audience, type: "order.filled", title: "Order filled", data: { order: event } }, causedBy(event));
  return { ...service, tell };
}

function createWorld(broadcast: Broadcast = createBroadcast(() => {})) {
  return { records: createStores(openDatabase(":memory:"), clock).records, broadcast };
}

test("an event tells its audience once, however often it comes", async () => {
  const { tell, inbox } = serve();
  await Promise.all([tell(ann, "order/o1/1"), tell(ann, "order/o1/1")]);
  await tell(ann, "order/o1/1");
  await tell(bob, "order/o1/1");
  expect((await inbox(ann, { limit: 9 })).items).toHaveLength(1);
  expect((await inbox(bob, { limit: 9 })).items).toHaveLength(1);
});

test("an inbox is one's own, newest first, page by page", async () => {
  const { tell, inbox } = serve();
  for (const n of [1, 2, 3]) await tell(ann, `order/o1/${n}`);
  await tell("task:read", "task/t1/1");
  const first = await inbox(ann, { limit: 2 });
  const second = await inbox(ann, { limit: 2, after: first.next });
  expect([...first.items, ...second.items].map(({ data }) => data.order)).toEqual([
    "order/o1/3",
    "order/o1/2",
    "order/o1/1",
  ]);
  expect(second.next).toBeUndefined();
  expect(first.items[0]).toEqual({
    id: deriveId("notification", "order/o1/3", ann),
    cursor: expect.any(String),
    ...{ type: "order.filled", title: "Order filled", data: { order: "order/o1/3" }, at: clock(), read: false },
  });
});

test("markRead() marks one's own notification, also a second time, and no other's", async () => {
  const { tell, inbox, markRead } = serve();
  await tell(ann, "order/o1/1");
  await tell(ann, "order/o1/2");
  const id = (await inbox(ann, { limit: 9 })).items[0]?.id ?? "";
  expect(await markRead(bob, id)).toEqual({ ok: false, refusal: "notification-not-found" });
  expect(await markRead(ann, "nothing")).toEqual({ ok: false, refusal: "notification-not-found" });
  expect((await inbox(ann, { limit: 9 })).unread).toBe(2);
  expect(await Promise.all([markRead(ann, id), markRead(ann, id)])).toEqual([{ ok: true }, { ok: true }]);
  const { items, unread } = await inbox(ann, { limit: 9 });
  expect([unread, items.map(({ read }) => read)]).toEqual([1, [true, false]]);
});

test("markAllRead() marks what there is, and not what comes", async () => {
  const { tell, inbox, markAllRead, markRead } = serve();
  await markAllRead(ann);
  await tell(ann, "order/o1/1");
  await tell(ann, "order/o1/2");
  await Promise.all([markAllRead(ann), markAllRead(ann)]);
  expect((await inbox(ann, { limit: 9 })).unread).toBe(0);
  await tell(ann, "order/o1/3");
  const { items, unread } = await inbox(ann, { limit: 9 });
  expect([unread, items.map(({ read }) => read)]).toEqual([1, [false, true, true]]);
  await markRead(ann, items[2]?.id ?? "");
  expect((await inbox(ann, { limit: 9 })).unread).toBe(1);
});

test("unread ones are counted up to 100", async () => {
  const { tell, inbox } = serve();
  await Promise.all(Array.from({ length: 120 }, (_, n) => tell(ann, `order/o1/${n}`)));
  expect((await inbox(ann, { limit: 1 })).unread).toBe(100);
});

test("who follows hears what is theirs and their streams', and nothing else", async () => {
  const { tell, follow } = serve();
  const heard: unknown[] = [];
  const following = follow(ann, "s1", () => {});
  await following.listen(["task:read"], ({ data }) => heard.push(data.order));
  await tell(ann, "order/o1/1");
  await tell("task:read", "task/t1/1");
  await tell("incident:read", "incident/i1/1");
  await tell(bob, "order/o2/1");
  await tell(ann, "order/o1/1");
  following.stop();
  await tell(ann, "order/o1/2");
  expect(heard).toEqual(["order/o1/1", "task/t1/1"]);
});

test("disconnect() ends the sessions that it names, or all of the user's", async () => {
  const { follow, disconnect, following } = serve();
  const ended: string[] = [];
  for (const [user, session] of [
    [ann, "s1"],
    [ann, "s2"],
    [bob, "s1"],
  ] as const) {
    const { stop } = follow(user, session, (why) => {
      ended.push(`${user} ${session} ${why}`);
      stop();
    });
  }
  disconnect(ann, "session-ended", ["s1"]);
  expect(ended).toEqual(["ann s1 session-ended"]);
  disconnect(ann, "permissions-changed");
  expect(ended.slice(1)).toEqual(["ann s2 permissions-changed"]);
  expect([following(ann), following(bob)]).toEqual([0, 1]);
});

test("a write that fails is told to its reactions, and made good before the next ones", async () => {
  let room = false;
  const { tell, inbox } = serve((store) => ({
    ...store,
    async put(id, value, revision) {
      if (!room && "data" in (value as object) && id !== deriveId("notification", "order/o1/1", ann)) {
        throw new Error("No room");
      }
      return await store.put(id, value, revision);
    },
  }));
  await tell(ann, "order/o1/1");
  const outcomes = await Promise.allSettled([tell(ann, "order/o1/2"), tell(ann, "order/o1/3")]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  room = true;
  await tell(ann, "order/o1/4");
  await tell(ann, "order/o1/2");
  const { items } = await inbox(ann, { limit: 9 });
  expect(items.map(({ data }) => data.order)).toEqual([4, 3, 2, 1].map((n) => `order/o1/${n}`));
});

test("who follows at one process hears what another one writes, and an ending that another one hears of", async () => {
  const world = createWorld();
  const [here, there] = [serve(undefined, world), serve(undefined, world)];
  await using _ = here.listen();
  const heard: unknown[] = [];
  const ended: string[] = [];
  await here.follow(ann, "s1", (why) => ended.push(why)).listen(["task:read"], ({ data }) => heard.push(data.order));
  await there.tell(ann, "order/o1/1");
  await there.tell("task:read", "task/t1/1");
  await here.tell(ann, "order/o1/2");
  await there.tell(bob, "order/o2/1");
  while (heard.length < 3) await Bun.sleep(1);
  expect(heard).toEqual(["order/o1/1", "task/t1/1", "order/o1/2"]);
  there.disconnect(ann, "session-ended", ["s2"]);
  there.disconnect(ann, "permissions-changed");
  expect(ended).toEqual(["permissions-changed"]);
});

test("news that are lost are made good by looking", async () => {
  const world = createWorld({ tell() {}, listen: () => ({ [Symbol.asyncDispose]: async () => {} }) });
  const [here, there] = [serve(undefined, world), serve(undefined, world)];
  const heard: unknown[] = [];
  await here.follow(ann, "s1", () => {}).listen([], ({ data }) => heard.push(data.order));
  for (let n = 0; n < 250; n++) await there.tell(n % 50 ? bob : ann, `order/o${n}/1`);
  await here.catchUp();
  expect(heard).toEqual([0, 50, 100, 150, 200].map((n) => `order/o${n}/1`));
});

test("what a process put into the sequence before it stopped is told, and is written by the next one", async () => {
  const world = createWorld();
  const here = serve(undefined, world);
  // It stops behind the moment in which the batch is in the sequence.
  const never = new Promise<never>(() => {});
  const stopped = serve(
    (store) => ({
      ...store,
      put: (id, value, revision) => ("data" in (value as object) ? never : store.put(id, value, revision)),
    }),
    world,
  );
  const heard: unknown[] = [];
  await here.follow(ann, "s1", () => {}).listen([], ({ data }) => heard.push(data.order));
  void stopped.tell(ann, "order/o1/1");
  while (heard.length === 0) {
    await Bun.sleep(1);
    await here.catchUp();
  }
  const { since } = await here.follow(ann, "s2", () => {}).listen([], () => {});
  const replayed: unknown[] = [];
  for await (const { data } of since("")) replayed.push(data.order);
  // The event comes again, to a process that lives.
  await here.tell(ann, "order/o1/1");
  await here.tell(ann, "order/o1/2");
  expect([heard, replayed]).toEqual([["order/o1/1", "order/o1/2"], ["order/o1/1"]]);
  expect((await here.inbox(ann, { limit: 9 })).items).toHaveLength(2);
});

test("cursors grow though clocks differ", () => {
  const [early, late] = ["0190f1a0-0000-7000-8000-000000000000", "0190f1a0-ffff-7000-8000-ffffffffffff"];
  expect(cursorAfter(early, late)).toBe(late);
  expect(cursorAfter(late, early)).toBe("0190f1a0-ffff-7000-8001-000000000000");
  expect(cursorAfter("", early)).toBe(early);
});

test("replay and live together leave out and repeat nothing, in the order of cursors, whenever and wherever one connects", async () => {
  const pause = fc.nat(3);
  const notices = fc.array(fc.tuple(fc.constantFrom(ann, "task:read" as const), pause), {
    minLength: 1,
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(notices, fc.array(pause, { minLength: 3, maxLength: 8 }), pause, async (given, delays, start) => {
      let puts = 0;
      const world = createWorld();
      const slowed: Slowed = (store) => ({
        ...store,
        // Writes become visible in any order, some before the call returns.
        async put(id, value, revision) {
          const delay = delays[puts++ % delays.length] ?? 0;
          await Bun.sleep(delay);
          const outcome = await store.put(id, value, revision);
          await Bun.sleep(delay);
          return outcome;
        },
      });
      const processes = [serve(slowed, world), serve(slowed, world), serve(slowed, world)] as const;
      const listening = processes.map(({ listen }) => listen());
      const frames: Frame[] = [];
      /** Reads on from the last frame, as a client does that comes back. */
      async function listen({ follow }: (typeof processes)[number]): Promise<() => void> {
        const { listen, stop } = follow(ann, "s1", () => {});
        const held: Frame[] = [];
        let live = false;
        const from = frames.at(-1)?.cursor ?? "00000000-0000-7000-8000-000000000000";
        // What the client has seen at a process that was ahead, its socket leaves out.
        const send = (frame: Frame) => void (frame.cursor > from && frames.push(frame));
        const { since } = await listen(["task:read"], (frame) => (live ? send(frame) : held.push(frame)));
        for await (const frame of since(from)) send(frame);
        held.forEach(send);
        live = true;
        return stop;
      }
      const telling = given.map(async ([audience, wait], n) => {
        await Bun.sleep(wait * 3);
        const teller = processes[n % 3];
        await teller?.tell(audience, `order/o${n}/1`);
      });
      await Bun.sleep(start);
      const stop = await listen(processes[0]);
      await Bun.sleep(start * 2);
      stop();
      await Bun.sleep(start);
      await listen(processes[1]);
      await Promise.all(telling);
      for (const { catchUp } of processes) await catchUp();
      await Promise.all(listening.map((each) => each[Symbol.asyncDispose]()));
      const cursors = frames.map(({ cursor }) => cursor);
      expect(cursors).toEqual(cursors.toSorted());
      expect(new Set(frames.map(({ data }) => data.order)).size).toBe(given.length);
      expect(frames.length).toBe(given.length);
    }),
    { numRuns: 40 },
  );
});
