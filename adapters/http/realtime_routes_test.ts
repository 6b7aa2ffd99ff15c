import { expect, test } from "bun:test";
import { createConnection } from "node:net";
import {
  createNotificationService,
  createTickets,
  type Frame,
  notificationKind,
  notificationReactions,
  readMarkKind,
  tailKind,
  ticketKind,
  transferOwnerKind,
} from "../../domains/notification/mod.ts";
import type { Instant, UserId } from "../../domains/shared/mod.ts";
import type { Permission } from "../../domains/user/mod.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import { createBroadcast, deriveId, digest, newId } from "../system/mod.ts";
import { createIdempotency, idempotentRequestKind } from "./idempotency.ts";
import { createFeeds, createGuards, createServer, realtimeRoutes } from "./mod.ts";

const investor = newId() as UserId;
const admin = newId() as UserId;

/** A listening server. The token is the user's id; `admin` sees tasks. */
async function serve({ heartbeat = 25_000 } = {}) {
  let now = Date.UTC(2026, 10, 23);
  const clock = () => new Date(now).toISOString() as Instant;
  const { records } = createStores(openDatabase(":memory:"), clock);
  const service = createNotificationService({
    notifications: records(notificationKind),
    marks: records(readMarkKind),
    owners: records(transferOwnerKind),
    ...{ tails: records(tailKind), broadcast: createBroadcast(() => {}), clock, newId, deriveId },
  });
  const access = new Map<UserId, Set<Permission>>([
    [investor, new Set()],
    [admin, new Set(["task:read"])],
  ]);
  const guards = createGuards({
    idempotency: createIdempotency({ requests: records(idempotentRequestKind), clock, newId, deriveId }),
    digest,
    async accessOf(token) {
      const permissions = access.get(token as UserId);
      return permissions && { user: token as UserId, session: `session of ${token}`, permissions };
    },
    useStepUp: async () => undefined,
  });
  const logged: string[] = [];
  const log = (message: string) => logged.push(message);
  const feeds = createFeeds({
    notifications: service,
    permissionsOf: async (user) => access.get(user),
    ...{ log, heartbeat },
  });
  const newSecret = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
  const tickets = createTickets({ tickets: records(ticketKind), clock, digest, newSecret });
  const app = createServer({ log, origins: [], answered: () => {} })
    .use(realtimeRoutes({ tickets, feeds, publicUrl: "https://api.example.org" }, guards))
    .listen({ port: 0, hostname: "127.0.0.1" });
  const base = `127.0.0.1:${app.server?.port}`;

  async function ticket(user: UserId): Promise<string> {
    const answer = await fetch(`http://${base}/v1/realtime/tickets`, {
      method: "POST",
      headers: { authorization: `Bearer ${user}` },
    });
    expect(answer.status).toBe(201);
    const made = (await answer.json()) as { ticket: string; url: string; expiresIn: number };
    expect(made.url).toBe(`wss://api.example.org/v1/realtime?ticket=${made.ticket}`);
    expect(made.expiresIn).toBe(30);
    return made.ticket;
  }

  return {
    ...{ base, service, feeds, access, ticket, logged },
    reactions: notificationReactions(service),
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
    tell: (audience: UserId | "task:read", event: string, more = {}) =>
      service.notify(
        { audience, type: "order.filled", title: "Order filled", data: { event, ...more } },
        { actor: investor, correlation: "c1", key: event },
      ),
    /** What a plain GET of the socket's address answers. */
    refusal: async (query: string, upgrade = true) => {
      const headers = upgrade
        ? {
            upgrade: "websocket",
            connection: "upgrade",
            "sec-websocket-key": btoa("0123456789abcdef"),
            "sec-websocket-version": "13",
          }
        : undefined;
      const answer = await fetch(`http://${base}/v1/realtime${query}`, { ...(headers && { headers }) });
      const { type } = (await answer.json()) as { type: string };
      return `${answer.status} ${type.replace("urn:lucent:problem:", "")}`;
    },
    connect: async (user: UserId, after?: string) =>
      await listen(`ws://${base}/v1/realtime?ticket=${await ticket(user)}${after ? `&after=${after}` : ""}`),
    async [Symbol.asyncDispose]() {
      await feeds[Symbol.asyncDispose]();
      await app.stop(true);
    },
  };
}

/** A client: its frames, and how its socket closed. */
async function listen(url: string) {
  const socket = new WebSocket(url);
  const frames: Frame[] = [];
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  socket.onmessage = ({ data }) => frames.push(JSON.parse(String(data)));
  socket.onclose = ({ code, reason }) => closed.resolve({ code, reason });
  const opened = Promise.withResolvers<void>();
  socket.onopen = () => opened.resolve();
  socket.onerror = () => opened.reject(new Error("Cannot connect"));
  await opened.promise;
  return {
    ...{ socket, frames, closed: closed.promise },
    events: () => frames.map(({ data }) => data.event),
    async until(count: number): Promise<unknown[]> {
      while (frames.length < count) await Bun.sleep(1);
      return frames.map(({ data }) => data.event);
    },
  };
}

/** Waits until the server has as many of a user's sockets. */
async function sockets({ service }: Awaited<ReturnType<typeof serve>>, user: UserId, count: number): Promise<void> {
  while (service.following(user) !== count) await Bun.sleep(1);
}

const hear = async (client: Awaited<ReturnType<typeof listen>>, tell: () => Promise<unknown>) => {
  // A socket listens a moment after it opened: what is told before is for its inbox.
  while (client.frames.length === 0) {
    await tell();
    await Bun.sleep(2);
  }
};

test("a socket gets what is its user's, live, in frames", async () => {
  await using platform = await serve();
  const client = await platform.connect(investor);
  let n = 0;
  await hear(client, () => platform.tell(investor, `order/o1/${++n}`));
  await platform.tell("task:read", "task/t1/1");
  await platform.tell(investor, "order/o2/1");
  while (!client.events().includes("order/o2/1")) await Bun.sleep(1);
  expect(client.events()).not.toContain("task/t1/1");
  expect(client.frames[0]).toEqual({
    cursor: expect.any(String),
    type: "order.filled",
    data: { event: expect.any(String) },
    id: expect.any(String),
    title: "Order filled",
    at: "2026-11-23T00:00:00.000Z" as Instant,
  });
});

test("an admin's socket gets the admins' stream too; what came after the cursor is replayed, once, then what comes", async () => {
  await using platform = await serve();
  await platform.tell(admin, "order/o1/1");
  const { cursor = "" } = (await platform.service.inbox(admin, { limit: 1 })).items[0] ?? {};
  const events = Array.from({ length: 450 }, (_, n) => `event/e${n}/1`);
  await Promise.all(events.slice(0, 440).map((event, n) => platform.tell(n % 2 ? admin : "task:read", event)));
  const client = await platform.connect(admin, cursor);
  for (const event of events.slice(440)) await platform.tell("task:read", event);
  expect(await client.until(450)).toEqual(events);
  await Bun.sleep(20);
  expect(client.frames).toHaveLength(450);
});

test("a ticket opens one socket, within 30 seconds", async () => {
  await using platform = await serve();
  const used = await platform.ticket(investor);
  await listen(`ws://${platform.base}/v1/realtime?ticket=${used}`);
  expect(await platform.refusal(`?ticket=${used}`)).toBe("401 ticket-refused");
  const late = await platform.ticket(investor);
  platform.pass(30);
  expect(await platform.refusal(`?ticket=${late}`)).toBe("401 ticket-refused");
  expect(await platform.refusal(`?ticket=${"x".repeat(43)}`)).toBe("401 ticket-refused");
  const raced = await platform.ticket(investor);
  const both = await Promise.allSettled([1, 2].map(() => listen(`ws://${platform.base}/v1/realtime?ticket=${raced}`)));
  expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("what is no socket, or asks wrongly, is refused and spends no ticket", async () => {
  await using platform = await serve();
  const ticket = await platform.ticket(investor);
  expect(await platform.refusal(`?ticket=${ticket}`, false)).toBe("426 upgrade-required");
  expect(await platform.refusal(`?ticket=${ticket}&after=yesterday`)).toBe("422 invalid-request");
  expect(await platform.refusal("")).toBe("422 invalid-request");
  await listen(`ws://${platform.base}/v1/realtime?ticket=${ticket}`);
  expect((await fetch(`http://${platform.base}/v1/realtime/tickets`, { method: "POST" })).status).toBe(401);
});

test("a user whose session ended or who was suspended is disconnected, and can't connect", async () => {
  await using platform = await serve();
  const cause = { actor: admin, correlation: "c1", key: "user/u/1" };
  const client = await platform.connect(investor);
  const other = await platform.connect(admin);
  await sockets(platform, investor, 1);
  const ended = { sessions: ["another"], reason: "signed-out" };
  await platform.reactions.user.SessionsEnded(ended, investor, cause);
  expect(client.socket.readyState).toBe(WebSocket.OPEN);
  const sessions = [`session of ${investor}`];
  await platform.reactions.user.SessionsEnded({ ...ended, sessions }, investor, { ...cause, key: "user/u/2" });
  expect(await client.closed).toEqual({ code: 4001, reason: "session-ended" });
  const ticket = await platform.ticket(investor);
  const again = await platform.connect(investor);
  await sockets(platform, investor, 1);
  platform.access.delete(investor);
  await platform.reactions.user.UserSuspended({ reason: "fraud" }, investor, { ...cause, key: "user/u/3" });
  expect(await again.closed).toEqual({ code: 4001, reason: "session-ended" });
  expect(await platform.refusal(`?ticket=${ticket}`)).toBe("401 ticket-refused");
  expect(other.socket.readyState).toBe(WebSocket.OPEN);
});

test("whose roles change connects anew, and hears what they may now", async () => {
  await using platform = await serve();
  const client = await platform.connect(admin);
  await sockets(platform, admin, 1);
  await platform.tell("task:read", "task/t1/1");
  platform.access.set(admin, new Set());
  const cause = { actor: investor, correlation: "c1", key: "user/u/1" };
  await platform.reactions.user.RolesChanged({ roles: ["user"] }, admin, cause);
  expect(await client.closed).toEqual({ code: 4002, reason: "permissions-changed" });
  const again = await platform.connect(admin, "00000000-0000-7000-8000-000000000000");
  await platform.tell("task:read", "task/t1/2");
  while (again.frames.length === 0) await Bun.sleep(1);
  expect(again.frames.map(({ type }) => type)).toEqual(["security.roles-changed"]);
});

test("a session that ends while its socket opens is disconnected", async () => {
  await using platform = await serve();
  const { access } = platform;
  const ticket = await platform.ticket(investor);
  let asked = 0;
  // The first look admits; by the second one it has ended.
  access.get = () => (asked++ === 0 ? new Set() : undefined);
  const client = await listen(`ws://${platform.base}/v1/realtime?ticket=${ticket}`);
  expect((await client.closed).code).toBe(4001);
});

test("a reader who is too slow is sent away, and replays by cursor", async () => {
  await using platform = await serve();
  const ticket = await platform.ticket(investor);
  const [host, port] = platform.base.split(":");
  const slow = createConnection({ host: host ?? "", port: Number(port) });
  const gone = new Promise((resolve) => slow.once("close", resolve));
  slow.write(
    `GET /v1/realtime?ticket=${ticket} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  await new Promise((resolve) => slow.once("data", resolve));
  slow.pause();
  await sockets(platform, investor, 1);
  const text = "x".repeat(200_000);
  let sent = 0;
  while (platform.service.following(investor) > 0) await platform.tell(investor, `order/o1/${++sent}`, { text });
  slow.resume();
  await gone;
  const client = await platform.connect(investor, "00000000-0000-7000-8000-000000000000");
  expect((await client.until(sent)).length).toBe(sent);
});

test("who does not answer a ping is gone; who does stays", async () => {
  await using platform = await serve({ heartbeat: 40 });
  const client = await platform.connect(investor);
  const ticket = await platform.ticket(investor);
  const [host, port] = platform.base.split(":");
  const dead = createConnection({ host: host ?? "", port: Number(port) });
  const gone = new Promise((resolve) => dead.once("close", resolve));
  dead.on("error", () => {});
  dead.write(
    `GET /v1/realtime?ticket=${ticket} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  dead.resume();
  await gone;
  await sockets(platform, investor, 1);
  expect(client.socket.readyState).toBe(WebSocket.OPEN);
});

test("an ending that nobody told this process of is found out at a heartbeat", async () => {
  await using platform = await serve({ heartbeat: 40 });
  const [client, other] = [await platform.connect(investor), await platform.connect(admin)];
  await sockets(platform, investor, 1);
  await sockets(platform, admin, 1);
  platform.access.delete(investor);
  platform.access.set(admin, new Set());
  expect(await client.closed).toEqual({ code: 4001, reason: "session-ended" });
  expect(await other.closed).toEqual({ code: 4002, reason: "permissions-changed" });
});

test("clients listen: who talks is sent away", async () => {
  await using platform = await serve();
  const client = await platform.connect(investor);
  await sockets(platform, investor, 1);
  client.socket.send("hello");
  expect(await client.closed).toEqual({ code: 1003, reason: "listen-only" });
});

test("a user has 20 sockets at most", async () => {
  await using platform = await serve();
  for (let i = 0; i < 20; i++) await platform.connect(investor);
  await sockets(platform, investor, 20);
  expect(await platform.refusal(`?ticket=${await platform.ticket(investor)}`)).toBe("429 too-many-sockets");
  await platform.connect(admin);
});

test("however many connect at the same moment, no more than 20 get in", async () => {
  await using server = await serve();
  const { base, ticket } = server;
  const tickets = await Promise.all(Array.from({ length: 60 }, () => ticket(investor)));
  const sockets = tickets.map((each) => new WebSocket(`ws://${base}/v1/realtime?ticket=${each}`));
  const opened = sockets.map((socket) => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    socket.onopen = () => resolve(true);
    socket.onerror = () => resolve(false);
    return promise;
  });
  expect((await Promise.all(opened)).filter(Boolean)).toHaveLength(20);
});

test("disposing closes every socket with 1001, and admits no more", async () => {
  await using platform = await serve();
  const clients = await Promise.all([platform.connect(investor), platform.connect(admin)]);
  await sockets(platform, investor, 1);
  await sockets(platform, admin, 1);
  const ticket = await platform.ticket(investor);
  await platform.feeds[Symbol.asyncDispose]();
  for (const { closed } of clients) expect(await closed).toEqual({ code: 1001, reason: "going-away" });
  expect(await platform.refusal(`?ticket=${ticket}`)).toBe("503 unavailable");
});
