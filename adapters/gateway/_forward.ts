import type { Log } from "../../ports/mod.ts";
import type { Directory, Replica, Route } from "./_directory.ts";
import { passedOn } from "./_headers.ts";
import type { Limits } from "./_limits.ts";
import type { Loads, Slot } from "./_loads.ts";
import type { ProblemKind } from "./_problems.ts";

export type ForwardOptions = {
  readonly directory: Directory;
  readonly loads: Loads;
  readonly limits: Limits;
  readonly log: Log;
  /** Told of what is answered 503. */
  readonly shed: (about: { readonly service: string; readonly why: string }) => void;
};

/** What a request is once it has come through the door: `target` is its path and query. */
export type Passing = {
  readonly request: Request;
  readonly target: string;
  readonly headers: Headers;
  readonly route: Route;
};

/** With the body, which has come in. */
type Whole = Passing & { readonly body: ArrayBuffer | null };

/** Nothing of the request has been sent: no connection came about. */
const unreached = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND"]);
const attempts = 3;
/** An answer that says it is no longer than this is read before it is passed on: cut off, it can still be told as a problem. */
const mostHeld = 64 * 1024;

export function isUnreached(error: unknown): boolean {
  return error instanceof Error && "code" in error && unreached.has(String(error.code));
}

/** Takes a slot for a request at a replica that is not among those `tried`, if there is another one. */
export function takeSlot({ directory, loads, shed }: ForwardOptions, route: Route, tried: ReadonlySet<Replica>) {
  const living = directory.living(route);
  const fresh = living.filter((replica) => !tried.has(replica));
  const [first, ...others] = fresh.length > 0 ? fresh : living;
  const slot = first ? loads.take([first, ...others]) : "none";
  if (typeof slot === "string") shed({ service: route.service, why: slot === "full" ? "full" : "no replica" });
  return slot;
}

/** Without the error's own fields: the address that `fetch` keeps there has the query in it, which may be secret. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function whose({ replica: { service, id } }: Slot) {
  return { service, replica: id };
}

/** Sends a request to a replica, and to another one where that is safe: nothing was sent yet, or it only reads. */
export async function forward(passing: Whole, options: ForwardOptions): Promise<Response | ProblemKind> {
  const { request, route } = passing;
  const { directory, log } = options;
  const tried = new Set<Replica>();
  for (let attempt = 1; ; attempt++) {
    const slot = takeSlot(options, route, tried);
    if (slot === "none" || slot === "full") return "unavailable";
    try {
      return await send(passing, slot, options);
    } catch (error) {
      slot.release();
      if (request.signal.aborted) return "bad-gateway";
      log("Cannot forward a request", { ...whose(slot), method: request.method, attempt, reason: reasonOf(error) });
      tried.add(slot.replica);
      if (isUnreached(error)) {
        directory.leaveOut(slot.replica);
        continue;
      }
      if (error instanceof TimedOut) return "gateway-timeout";
      directory.lookAgain();
      const reads = request.method === "GET" || request.method === "HEAD";
      if (!reads || attempt >= attempts) return "bad-gateway";
    }
  }
}

/** A replica has not begun to answer in time. */
export class TimedOut extends Error {}

async function send({ request, target, headers, body: sent }: Whole, slot: Slot, { limits, log }: ForwardOptions) {
  const ending = new AbortController();
  const leave = () => ending.abort(new Error("The client has left"));
  request.signal.addEventListener("abort", leave);
  const timer = setTimeout(() => ending.abort(new TimedOut(`No answer in ${limits.timeout} ms`)), limits.timeout);
  const done = () => {
    slot.release();
    request.signal.removeEventListener("abort", leave);
  };
  try {
    const answer = await fetch(slot.replica.url + target, {
      ...{ method: request.method, headers, body: sent },
      ...{ redirect: "manual", decompress: false, signal: ending.signal },
    });
    const { status } = answer;
    const told = { status, headers: passedOn(answer.headers) };
    const length = Number(answer.headers.get("content-length") ?? Number.POSITIVE_INFINITY);
    if (answer.body && length > mostHeld) {
      const broken = (error: unknown) =>
        log("Cannot pass on the rest of an answer", { ...whose(slot), reason: reasonOf(error) });
      return new Response(
        watched(answer.body, done, (error) => request.signal.aborted || broken(error)),
        told,
      );
    }
    const body = answer.body && (await answer.arrayBuffer());
    done();
    return new Response(body, told);
  } catch (error) {
    request.signal.removeEventListener("abort", leave);
    throw ending.signal.aborted ? ending.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

/** The same body; tells when it has ended. Cut off, it is cut off for the client as well. */
function watched(body: ReadableStream<Uint8Array>, done: () => void, broken: (error: unknown) => void) {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const part = await reader.read();
        if (!part.done) return controller.enqueue(part.value);
        controller.close();
      } catch (error) {
        broken(error);
        // Bun prints an error that is given here.
        controller.error(undefined);
      }
      done();
    },
    async cancel(reason) {
      done();
      await reader.cancel(reason);
    },
  });
}
