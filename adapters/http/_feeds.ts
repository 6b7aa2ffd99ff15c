import type { ServerWebSocket } from "bun";
import { type Ending, type Frame, type NotificationService, streams } from "../../domains/notification/mod.ts";
import type { UserId } from "../../domains/shared/mod.ts";
import type { Log } from "../../ports/mod.ts";

export type FeedDependencies = {
  readonly notifications: Pick<NotificationService, "follow" | "following">;
  /** What a session may do now; undefined where it has ended, or its user is suspended. */
  readonly permissionsOf: (user: UserId, session: string) => Promise<ReadonlySet<string> | undefined>;
  readonly log: Log;
  /** Milliseconds between two pings: who answers none of them until the next is gone. */
  readonly heartbeat?: number;
};

export type Listener = { readonly user: UserId; readonly session: string; readonly after: string | undefined };
type Socket = ServerWebSocket<unknown>;
type Feed = ReturnType<typeof createFeed>;

/** What of a slow reader's frames waits in memory, at most: beyond it the reader is sent away, and replays. */
const mostBuffered = 1024 * 1024;
const enoughBuffered = 64 * 1024;
const mostHeld = 1_000;
const mostSockets = 20;
const goodbye = 1_000;

const codes = {
  "going-away": 1001,
  "listen-only": 1003,
  failed: 1011,
  "too-slow": 1013,
  "session-ended": 4001,
  "permissions-changed": 4002,
} as const satisfies Record<Ending, number> & Record<string, number>;

export type Feeds = ReturnType<typeof createFeeds>;

/** The sockets of this process. Disposing closes each with 1001. */
export function createFeeds(dependencies: FeedDependencies) {
  const { notifications, permissionsOf, heartbeat = 25_000 } = dependencies;
  const feeds = new Map<Socket, Feed>();
  let closing = false;
  const beating = setInterval(() => {
    for (const feed of feeds.values()) feed.beat();
  }, heartbeat);

  return {
    /** Whether a listener's session goes on. */
    admits: async ({ user, session }: Listener): Promise<boolean> => (await permissionsOf(user, session)) !== undefined,

    /** Whether there is room for one more of a user's sockets. Ask at the moment of the upgrade: others come at the same time. */
    room({ user }: Listener): "room" | "closing" | "crowded" {
      if (closing) return "closing";
      return notifications.following(user) >= mostSockets ? "crowded" : "room";
    },

    /** What a socket does, for `server.upgrade`: Elysia hands a socket's events to its data. */
    handlers: (listener: Listener) => ({
      open(socket: Socket) {
        const feed = createFeed(socket, listener, dependencies);
        feeds.set(socket, feed);
        if (closing) feed.close("going-away");
        else void feed.start();
      },
      message: (socket: Socket) => feeds.get(socket)?.close("listen-only"),
      drain: (socket: Socket) => feeds.get(socket)?.drained(),
      pong: (socket: Socket) => feeds.get(socket)?.answered(),
      close(socket: Socket) {
        feeds.get(socket)?.stop();
        feeds.delete(socket);
      },
    }),

    async [Symbol.asyncDispose]() {
      closing = true;
      clearInterval(beating);
      for (const feed of feeds.values()) feed.close("going-away");
      for (const until = Date.now() + goodbye; feeds.size > 0 && Date.now() < until; ) await Bun.sleep(5);
      for (const socket of feeds.keys()) socket.terminate();
    },
  };
}

/** Sends one listener what they missed, then what happens, until the socket closes. */
function createFeed(socket: Socket, { user, session, after }: Listener, dependencies: FeedDependencies) {
  const { notifications, permissionsOf, log } = dependencies;
  const following = notifications.follow(user, session, close);
  let open = true;
  let alive = true;
  /** The last cursor that the client has seen. */
  let seen = after ?? "";
  let streamsHeard: readonly string[] | undefined;
  let room = Promise.withResolvers<void>();
  /** What happens while the replay goes on. */
  let held: Frame[] | undefined = [];

  function close(why: keyof typeof codes): void {
    if (open) socket.close(codes[why], why);
    stop();
  }

  function stop(): void {
    open = false;
    following.stop();
    room.resolve();
  }

  function send(frame: Frame): void {
    if (!open || frame.cursor <= seen) return;
    seen = frame.cursor;
    // 0: the frame was dropped.
    if (socket.send(JSON.stringify(frame)) === 0 || socket.getBufferedAmount() > mostBuffered) close("too-slow");
  }

  function tell(frame: Frame): void {
    if (!held) send(frame);
    else if (held.push(frame) > mostHeld) close("too-slow");
  }

  async function replay(): Promise<void> {
    // Asked once more now that an ending is heard: it may have ended since the ticket was shown.
    const permissions = await permissionsOf(user, session);
    if (!permissions) return close("session-ended");
    const among = streamsFor(permissions);
    streamsHeard = among;
    const { since } = await following.listen(among, tell);
    if (!open) return following.stop();
    if (after !== undefined) {
      for await (const frame of since(after)) {
        if (!open) return;
        send(frame);
        if (socket.getBufferedAmount() > enoughBuffered) await room.promise;
      }
    }
    const waited = held ?? [];
    held = undefined;
    for (const frame of waited) send(frame);
  }

  /** An ending that nobody told this process of is found out. */
  async function look(): Promise<void> {
    const permissions = await permissionsOf(user, session);
    if (!permissions) close("session-ended");
    else if (streamsHeard && streamsFor(permissions).join() !== streamsHeard.join()) close("permissions-changed");
  }

  return {
    close,
    stop,
    async start(): Promise<void> {
      try {
        await replay();
      } catch (error) {
        log("Cannot replay to a listener", { error });
        close("failed");
      }
    },
    drained(): void {
      room.resolve();
      room = Promise.withResolvers();
    },
    answered(): void {
      alive = true;
    },
    beat(): void {
      if (alive) socket.ping();
      else socket.terminate();
      alive = false;
      look().catch((error) => log("Cannot tell whether a listener's session goes on", { error }));
    },
  };
}

function streamsFor(permissions: ReadonlySet<string>) {
  return streams.filter((stream) => permissions.has(stream));
}
