/** How much goes through at a time, and how long it may take. */
export type Limits = {
  /** Requests in flight: at one replica, at all replicas of a service, and in total. What is above is answered 503 at once. */
  readonly perReplica: number;
  readonly perService: number;
  readonly total: number;
  /** Requests whose bodies are coming in. They take no place before they are whole. */
  readonly bodies: number;
  /** Milliseconds that a request's body may take to come in. */
  readonly upload: number;
  /** Open WebSockets. */
  readonly sockets: number;
  /** Milliseconds until a replica has begun to answer. */
  readonly timeout: number;
  /** Milliseconds for which a WebSocket's client may read nothing of what waits for it. */
  readonly stall: number;
  /** Milliseconds that what is under way may take to end once the gateway is disposed. */
  readonly drain: number;
};

/**
 * Bun's `fetch` carries 256 requests at a time in a process and lets the next ones wait, whatever server they are for: the
 * total stays below it. Who starts the process with `BUN_CONFIG_MAX_HTTP_REQUESTS` may raise both.
 */
export const defaultLimits: Limits = {
  perReplica: 80,
  perService: 120,
  total: 240,
  bodies: 500,
  upload: 15_000,
  sockets: 5_000,
  timeout: 60_000,
  stall: 30_000,
  drain: 5_000,
};
