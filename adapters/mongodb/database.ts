import { setTimeout as pause } from "node:timers/promises";
import { type ClientSession, type Db, MongoClient, type MongoClientOptions, MongoServerError } from "mongodb";
import { StoreUnreachable } from "../../ports/mod.ts";
import { asFault, isKeptWaiting, isLockedOut, isOfTheDriver, unreachable } from "./_faults.ts";

export type Database = AsyncDisposable & {
  /** As it is reached now: not to be kept. */
  readonly db: Db;
  /** How long a call may take, in milliseconds. */
  readonly deadline: number;
  /** Waits for an answer. A server that gives none in time, or can't, is `StoreUnreachable`: what was written is unknown then. */
  reach<T>(call: () => Promise<T>): Promise<T>;
  /**
   * Tries again what may be done twice while the database can't be reached, for the deadline at most. After the first try
   * nobody knows what it did: `attempt` must find that out.
   */
  patiently<T>(attempt: () => Promise<T>): Promise<T>;
  /** Commits what was written with the session, or nothing where the work throws. */
  transaction<T>(work: (session: ClientSession) => Promise<T>): Promise<T>;
};

type Options = {
  /** With the service's own credentials. */
  readonly url: string;
  /** Default: the one that the URL names. */
  readonly name?: string;
  readonly deadline?: number;
};

const durably = { w: "majority", journal: true } as const;

/** Opens a service's database; it connects with the first call. What is written is on the disks of a majority. */
export function openDatabase({ url, name, deadline = 10_000 }: Options): Database {
  const options: MongoClientOptions = {
    appName: "lucent",
    readPreference: "primary",
    readConcern: { level: "majority" },
    writeConcern: durably,
    ignoreUndefined: true,
    maxPoolSize: 50,
    connectTimeoutMS: deadline,
    serverSelectionTimeoutMS: deadline / 2,
    waitQueueTimeoutMS: deadline / 2,
    // The driver's own deadline has no effect on Bun: a silent connection is given up by its socket, a call by reach().
    socketTimeoutMS: deadline,
  };
  let client = new MongoClient(url, options);
  let answered = performance.now();
  let known = false;
  let closed = false;

  let connecting: Promise<unknown> | undefined;
  /** The driver connects by itself with the first call, but never again where that one failed. */
  async function connected(): Promise<void> {
    connecting ??= client.connect();
    try {
      await connecting;
    } catch (error) {
      connecting = undefined;
      throw error;
    }
  }

  async function reach<T>(call: () => Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const given = new StoreUnreachable(`Cannot use the database: no answer after ${deadline} ms`);
    let over = false;
    const used = client;
    const timer = setTimeout(() => {
      over = true;
      reject(given);
    }, deadline);
    // What nobody waits for any more is not begun.
    const answer = connected().then(() => (over ? late : call()));
    try {
      const result = await Promise.race([answer, late]);
      answered = performance.now();
      known = true;
      return result;
    } catch (error) {
      if (error instanceof MongoServerError) answered = performance.now();
      else beginAnew(isKeptWaiting(error) ? deadline : 3 * deadline);
      // A client that is given up ends what it has under way with errors of its own.
      const ended = used !== client && isOfTheDriver(error);
      // Who was let in before will be again: a password is being changed, or users are made anew.
      throw ended || (known && isLockedOut(error)) ? unreachable(error) : asFault(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * On Bun a server that dies while connections to it are opened may leave the driver waiting for them for ever: it opens no
   * others, and whoever wants one waits in vain; or its watch over the server waits so, and it never finds it again. Where nothing
   * has been answered for so long another client begins.
   */
  function beginAnew(silence: number): void {
    if (closed || performance.now() - answered < silence) return;
    const stuck = client;
    client = new MongoClient(url, options);
    connecting = undefined;
    answered = performance.now();
    stuck.close().catch(() => {});
  }

  async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
    const start = performance.now();
    for (let tries = 0; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        const worthIt = error instanceof StoreUnreachable && !closed && performance.now() - start < deadline;
        if (!worthIt) throw error;
        await pause(Math.random() * Math.min(2 ** tries, 500));
      }
    }
  }

  /**
   * Lets go of the documents that a transaction holds. The driver aborts only what the server has answered; what it has not
   * is killed. A server that can't be told ends it by itself, after its transactionLifetimeLimitSeconds.
   */
  async function giveUp(session: ClientSession, begun: MongoClient, error: unknown): Promise<void> {
    const { id } = session;
    const unanswered = error instanceof StoreUnreachable && !(error.cause instanceof MongoServerError);
    if (unanswered && id) await reach(() => begun.db("admin").command({ killSessions: [id] }));
    else if (session.inTransaction()) await reach(() => session.abortTransaction());
  }

  return {
    get db() {
      return client.db(name);
    },
    deadline,
    reach,
    patiently,
    async transaction(work) {
      const begun = client;
      const session = begun.startSession();
      try {
        session.startTransaction({ readConcern: { level: "snapshot" }, writeConcern: durably });
        const done = await work(session);
        await reach(() => session.commitTransaction());
        return done;
      } catch (error) {
        await giveUp(session, begun, error).catch(() => {});
        // What it was to write with belongs to another client by now.
        throw begun === client ? error : unreachable(error);
      } finally {
        await session.endSession().catch(() => {});
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      // A driver that waits for ever for a connection closes no sooner.
      await Promise.race([client.close(), pause(deadline, undefined, { ref: false })]);
    },
  };
}
