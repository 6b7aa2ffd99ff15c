const correlations = new WeakMap<Request, string>();

/** What ties a request to all that it causes: the client's `X-Correlation-Id`, its trace's id (W3C `traceparent`), or a new one. */
export function correlationOf(request: Request): string {
  const known = correlations.get(request);
  if (known) return known;
  const given = request.headers.get("x-correlation-id") ?? "";
  const traced = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-/.exec(request.headers.get("traceparent") ?? "")?.[1];
  const correlation = /^[\w-]{1,64}$/.test(given) ? given : (traced ?? Bun.randomUUIDv7());
  correlations.set(request, correlation);
  return correlation;
}
