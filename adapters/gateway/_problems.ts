const problems = {
  internal: { status: 500, title: "Something went wrong on our side" },
  "request-timeout": { status: 408, title: "The request's body did not come in time" },
  "bad-gateway": { status: 502, title: "The service broke off: whether it has acted is not known" },
  unavailable: { status: 503, title: "Try again later" },
  "gateway-timeout": { status: 504, title: "The service did not answer in time: whether it has acted is not known" },
} as const;

export type ProblemKind = keyof typeof problems;

/** An answer of the gateway's own (RFC 9457). */
export function problem(kind: ProblemKind, headers: Readonly<Record<string, string>>): Response {
  const { status } = problems[kind];
  return new Response(JSON.stringify({ type: `urn:lucent:problem:${kind}`, ...problems[kind] }), {
    status,
    headers: {
      ...headers,
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(status === 503 && { "retry-after": "1" }),
    },
  });
}
