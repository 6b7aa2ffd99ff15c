import { Elysia, t } from "elysia";
import type { Tickets } from "../../domains/notification/mod.ts";
import type { Feeds } from "./_feeds.ts";
import { whole } from "./_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { commonProblem, type Problem, ProblemError } from "./problems.ts";

export { createFeeds } from "./_feeds.ts";

const refusals = {
  "ticket-refused": { status: 401, title: "The ticket is unknown, used or expired: ask for another one" },
  "upgrade-required": { status: 426, title: "Connect with a WebSocket" },
  "too-many-sockets": { status: 429, title: "Close one of your other sockets first" },
} as const satisfies Record<string, Problem>;

function refusal(kind: keyof typeof refusals): ProblemError {
  return new ProblemError(kind, refusals[kind]);
}

const ticketView = t.Object({
  ticket: t.String({ examples: ["mJm0vV8w2l0c6d1n7Kq3yXr5tB9eHfZaUoGiPsLkDjE"] }),
  url: t.String({ description: "Where to connect; add `&after=` and the last cursor to be told what was missed" }),
  expiresIn: whole({ description: "Seconds", examples: [30] }),
});

const feedQuery = t.Object({
  ticket: t.String({ minLength: 20, maxLength: 100, description: "From `POST /v1/realtime/tickets`; good once" }),
  after: t.Optional(t.String({ format: "uuid", description: "The last cursor seen: what came after it is replayed" })),
});

const explained =
  "Each frame is JSON: `{cursor, type, data, id, title, at}`. Closes with 1001 at shutdown, 1013 for a reader who is too " +
  "slow, 4001 when the session ends, 4002 when the user's permissions change: but for 4001, connect again with a new " +
  "ticket and the last cursor.";

type RealtimeDependencies = {
  readonly tickets: Tickets;
  readonly feeds: Feeds;
  /** What clients reach the platform by: `https://api.example.org`. */
  readonly publicUrl: string;
};

/** Tickets, and the sockets that they open. */
export function realtimeRoutes({ tickets, feeds, publicUrl }: RealtimeDependencies, guards: Guards) {
  const socketUrl = new URL("/v1/realtime", publicUrl.replace(/^http/, "ws")).href;
  return new Elysia({ prefix: "/v1/realtime", tags: ["Realtime"] })
    .use(guards)
    .post(
      "/tickets",
      async ({ viewer, session, set }) => {
        const { ticket, expiresIn } = await tickets.issue(viewer.user, session);
        set.status = 201;
        return { ticket, url: `${socketUrl}?ticket=${ticket}`, expiresIn };
      },
      {
        signedIn: true,
        response: { 201: ticketView },
        detail: docs("makeRealtimeTicket", "Make a ticket to listen with: good once, for 30 seconds"),
      },
    )
    .get(
      "",
      async ({ query: { ticket, after }, request, server }) => {
        if (request.headers.get("upgrade")?.toLowerCase() !== "websocket" || !server) throw refusal("upgrade-required");
        const shown = await tickets.use(ticket);
        if (!shown) throw refusal("ticket-refused");
        const listener = { user: shown.user, session: shown.session, after };
        if (!(await feeds.admits(listener))) throw refusal("ticket-refused");
        const room = feeds.room(listener);
        if (room === "crowded") throw refusal("too-many-sockets");
        if (room === "closing") throw commonProblem("unavailable");
        if (!server.upgrade(request, { data: feeds.handlers(listener) })) throw refusal("upgrade-required");
        return undefined;
      },
      {
        query: feedQuery,
        response: { 101: t.Undefined() },
        detail: docs("listen", "Listen to what happens, by WebSocket", refusals, explained),
      },
    );
}
