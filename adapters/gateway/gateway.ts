import type { Log } from "../../ports/mod.ts";
import { createBodies } from "./_bodies.ts";
import { createDirectory, type Replica } from "./_directory.ts";
import { createDocuments } from "./_documents.ts";
import { forward } from "./_forward.ts";
import { forwarded } from "./_headers.ts";
import { defaultLimits, type Limits } from "./_limits.ts";
import { createLoads } from "./_loads.ts";
import { type ProblemKind, problem } from "./_problems.ts";
import { createTunnels, isWebSocket, type Tunnel } from "./_tunnels.ts";
import type { OpenApiDocument } from "./merge_openapi.ts";

export type GatewayOptions = {
  /** The replicas that serve now. Where it rejects, those it last gave are kept. */
  readonly discover: () => Promise<readonly Replica[]>;
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  /** Answers what no replica's prefix covers, and what a browser asks before it lets a script ask (CORS). */
  readonly own: (request: Request) => Promise<Response>;
  /** What a problem of the gateway's own carries beside what it says: a browser shows it to scripts by these. */
  readonly headersOf?: (request: Request) => Readonly<Record<string, string>>;
  /** Who asks, by who is connected: another one where that is a proxy which is believed. Default: who is connected. */
  readonly clientOf?: (request: Request, connected: string | undefined) => string | undefined;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
  /** Milliseconds between two discoveries. Default: a second. */
  readonly every?: number;
};

type Gateway = AsyncDisposable & {
  readonly url: string;
  /** Those that the last discovery named. */
  replicas(): readonly Replica[];
  /** The OpenAPI document of each service that has ever been asked for it and answered. */
  documents(): Promise<Readonly<Record<string, OpenApiDocument>>>;
};

const mostBody = 4 * 1024 * 1024;

/**
 * Serves one origin: each request goes to a replica of the service whose prefix is the longest on its path, the rest to `own`.
 * A service without a living replica, or with its fill, answers 503 with `Retry-After`. A request is repeated at another replica
 * only where it can't act twice. Disposing takes no more, and lets what is under way end.
 */
export function createGateway({ host, port, own, log, every = 1_000, ...options }: GatewayOptions): Gateway {
  const { headersOf = () => ({}), clientOf = (_, connected) => connected } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const directory = createDirectory({ discover: options.discover, log, every });
  const loads = createLoads(limits);
  const forwarding = { directory, loads, limits, log, shed };
  const tunnels = createTunnels(forwarding);
  const documents = createDocuments(directory, log);
  const bodies = createBodies(limits);
  let told = Number.NEGATIVE_INFINITY;

  /** Those that are shed come in masses: one in a second is told. */
  function shed(about: object): void {
    if (performance.now() - told < 1_000) return;
    told = performance.now();
    log("Sheds requests", { ...about, inFlight: loads.inFlight() });
  }

  async function answer(request: Request, server: Bun.Server<Tunnel>): Promise<Response | undefined> {
    const answered = await answerOrTell(request, server);
    return typeof answered === "string" ? problem(answered, headersOf(request)) : answered;
  }

  async function answerOrTell(
    request: Request,
    server: Bun.Server<Tunnel>,
  ): Promise<Response | ProblemKind | undefined> {
    if (isPreflight(request)) return own(request);
    await directory.ready;
    const { pathname, search } = locationOf(request);
    const route = directory.route(pathname);
    if (!route) return answerOwn(request);
    const headers = forwarded(request, clientOf(request, server.requestIP(request)?.address));
    const passing = { request, target: pathname + search, headers, route };
    if (isWebSocket(request)) return tunnels.open(passing, server);
    const body = await bodies.read(request);
    return typeof body === "string" ? body : forward({ ...passing, body }, forwarding);
  }

  async function answerOwn(request: Request): Promise<Response | ProblemKind> {
    const answered = await own(request);
    // As long as no discovery has succeeded, the path may be a service's.
    return answered.status === 404 && !directory.found() ? "unavailable" : answered;
  }

  const server = Bun.serve<Tunnel>({
    ...{ hostname: host, port, development: false, maxRequestBodySize: mostBody },
    // Silent for longer than a replica may be, the client is gone.
    idleTimeout: Math.min(255, Math.ceil(limits.timeout / 1000) + 10),
    fetch: answer,
    error(error) {
      log("Cannot answer", { error });
      return problem("internal", {});
    },
    websocket: tunnels.handlers,
  });
  directory.start();

  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${server.port}`,
    replicas: directory.replicas,
    documents,
    async [Symbol.asyncDispose]() {
      await Promise.race([Promise.all([tunnels.closeAll(), server.stop()]), Bun.sleep(limits.drain)]);
      await server.stop(true);
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** What a browser asks before a script's request, whichever service that is for. */
function isPreflight({ method, headers }: Request): boolean {
  return method === "OPTIONS" && headers.has("access-control-request-method");
}

/** Where a request goes by its path, whatever its Host is. */
function locationOf({ url }: Request): URL {
  return new URL(`http://localhost${url.replace(/^https?:\/\/[^/?#]*/, "")}`);
}
