import { expect, test } from "bun:test";
import {
  createNotificationService,
  notificationKind,
  readMarkKind,
  tailKind,
  transferOwnerKind,
} from "../../domains/notification/mod.ts";
import type { Instant, UserId } from "../../domains/shared/mod.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import { createBroadcast, deriveId, digest, newId } from "../system/mod.ts";
import { createIdempotency, idempotentRequestKind } from "./idempotency.ts";
import { createGuards, createServer, notificationRoutes } from "./mod.ts";

const clock = () => "2026-11-23T00:00:00.000Z" as Instant;
const [ann, bob] = [newId(), newId()] as [UserId, UserId];

/** The token is the user's id. */
function serve() {
  const { records } = createStores(openDatabase(":memory:"), clock);
  const service = createNotificationService({
    notifications: records(notificationKind),
    marks: records(readMarkKind),
    owners: records(transferOwnerKind),
    ...{ tails: records(tailKind), broadcast: createBroadcast(() => {}), clock, newId, deriveId },
  });
  const guards = createGuards({
    idempotency: createIdempotency({ requests: records(idempotentRequestKind), clock, newId, deriveId }),
    digest,
    accessOf: async (token) => ({ user: token as UserId, session: "s1", permissions: new Set() }),
    useStepUp: async () => undefined,
  });
  const server = createServer({ log: () => {}, origins: [], answered: () => {} }).use(
    notificationRoutes(service, guards),
  );
  const ask = (method: string, path: string, user: UserId | undefined) =>
    server.handle(
      new Request(`http://localhost/v1/notifications${path}`, {
        method,
        headers: user ? { authorization: `Bearer ${user}` } : {},
      }),
    );
  const tell = (user: UserId, event: string) =>
    service.notify(
      { audience: user, type: "order.filled", title: "Order filled", data: { order: event } },
      { actor: user, correlation: "c1", key: event },
    );
  const inbox = async (user: UserId, query = "") =>
    (await (await ask("GET", query, user)).json()) as {
      items: { id: string; read: boolean }[];
      next?: string;
      unread: number;
    };
  return { ask, tell, inbox };
}

test("a user pages through their inbox, and reads one or all of it", async () => {
  const { ask, tell, inbox } = serve();
  for (const n of [1, 2, 3]) await tell(ann, `order/o1/${n}`);
  const first = await inbox(ann, "?limit=2");
  expect(first).toMatchObject({ items: [{ title: "Order filled" }, {}], unread: 3 });
  expect((await inbox(ann, `?limit=2&after=${first.next}`)).items).toHaveLength(1);
  expect((await ask("POST", `/${first.items[0]?.id}/read`, ann)).status).toBe(204);
  expect(await inbox(ann)).toMatchObject({ items: [{ read: true }, { read: false }, { read: false }], unread: 2 });
  expect((await ask("POST", "/read-all", ann)).status).toBe(204);
  expect(await inbox(ann)).toMatchObject({ items: [{ read: true }, { read: true }, { read: true }], unread: 0 });
});

test("another user's notification does not exist", async () => {
  const { ask, tell, inbox } = serve();
  await tell(ann, "order/o1/1");
  const id = (await inbox(ann)).items[0]?.id;
  const answers = [await ask("POST", `/${id}/read`, bob), await ask("POST", `/${newId()}/read`, bob)];
  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  expect(await answers[0]?.text()).toBe(await answers[1]?.text());
  expect((await inbox(ann)).unread).toBe(1);
});

test("strangers, foreign cursors and other fields are refused", async () => {
  const { ask } = serve();
  expect((await ask("GET", "", undefined)).status).toBe(401);
  expect((await ask("POST", "/read-all", undefined)).status).toBe(401);
  expect((await ask("GET", "?after=nonsense", ann)).status).toBe(400);
  expect((await ask("GET", "?limit=0", ann)).status).toBe(422);
  expect((await ask("GET", `?user=${bob}`, ann)).status).toBe(422);
  expect((await ask("POST", "/1/read", ann)).status).toBe(422);
});
