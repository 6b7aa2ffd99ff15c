import { afterAll, expect, test } from "bun:test";
import { Elysia, t } from "elysia";
import type { UserId } from "../../domains/shared/mod.ts";
import type { Permission } from "../../domains/user/mod.ts";
import { createCounter } from "../system/mod.ts";
import { createGuards, createRateLimiter, createServer, healthRoutes, openApiOf } from "./mod.ts";

const opened = new AsyncDisposableStack();
afterAll(() => opened.disposeAsync());

const noon = Date.parse("2026-11-23T12:00:00.000Z");

/** Listens, with 2 requests a minute for a user and 4 for an address. A token is its user's name. */
function serve(trustedProxies: readonly string[] = []) {
  let at = noon + 20_500;
  const limits = { user: 2, address: 4 };
  const limiter = createRateLimiter({ count: createCounter({ now: () => at }), limits, trustedProxies });
  const looked: string[] = [];
  const guards = createGuards({
    limiter,
    async accessOf(token) {
      looked.push(token);
      const user = token as UserId;
      return token === "forged" ? undefined : { user, session: "s", permissions: new Set<Permission>() };
    },
    useStepUp: async () => undefined,
    digest: () => "",
    idempotency: undefined as never,
  });
  const body = t.Object({ name: t.String() });
  const server = createServer({ log: () => {}, origins: ["https://app.example.org"], answered: () => {}, limiter })
    .use(healthRoutes({}, { contentType: "text/plain", text: async () => "" }))
    .use(
      new Elysia({ prefix: "/v1/things", detail: { summary: "Things" } })
        .use(guards)
        .get("", () => ({ name: "public" }), { response: body })
        .post("/mine", ({ body }) => body, { signedIn: true, body, response: body }),
    );
  server.listen({ hostname: "127.0.0.1", port: 0 });
  opened.defer(async () => void (await server.stop(true)));
  const url = `http://127.0.0.1:${server.server?.port}`;
  return {
    ...{ server, looked },
    pass(milliseconds: number): void {
      at += milliseconds;
    },
    get: (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers }),
    /** Anyone's first request, from an address of their own. */
    from: (forwarded: string) => fetch(`${url}/v1/things`, { headers: { "x-forwarded-for": forwarded } }),
    post: (token: string, body: object, headers: Record<string, string> = {}) =>
      fetch(`${url}/v1/things/mine`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
        body: JSON.stringify(body),
      }),
  };
}

const told = ({ status, headers }: Response) => ({
  status,
  policy: headers.get("ratelimit-policy"),
  left: headers.get("ratelimit"),
});

test("every answer says what the address has left; beyond it the answer is 429 and says when to come back", async () => {
  const { get, pass } = serve();
  const policy = '"address";q=4;w=60';
  expect(told(await get("/v1/things"))).toEqual({ status: 200, policy, left: '"address";r=3;t=40' });
  expect(told(await get("/v1/nothing"))).toEqual({ status: 404, policy, left: '"address";r=2;t=40' });
  await get("/v1/things");
  await get("/v1/things");
  const refused = await get("/v1/things", { origin: "https://app.example.org" });
  expect(told(refused)).toEqual({ status: 429, policy, left: '"address";r=0;t=40' });
  expect(refused.headers.get("retry-after")).toBe("40");
  expect(refused.headers.get("content-type")).toBe("application/problem+json");
  expect(await refused.json()).toEqual({
    ...{ type: "urn:lucent:problem:rate-limited", status: 429, "violated-policies": ["address"] },
    title: "Too many requests: wait for the seconds in Retry-After",
  });
  const exposed = refused.headers.get("access-control-expose-headers")?.split(", ") ?? [];
  expect(exposed).toEqual(expect.arrayContaining(["ratelimit", "ratelimit-policy", "retry-after"]));
  pass(40_000);
  expect(told(await get("/v1/things"))).toEqual({ status: 200, policy, left: '"address";r=3;t=60' });
});

test("a user's requests count for the user, too, from whatever address, and are refused before their input is looked at", async () => {
  const { post } = serve(["127.0.0.1"]);
  const from = (address: string) => ({ "x-forwarded-for": address });
  const first = await post("ada", { name: "a" }, from("192.0.2.1"));
  expect(told(first)).toEqual({
    ...{ status: 200, policy: '"address";q=4;w=60, "user";q=2;w=60' },
    left: '"address";r=3;t=40, "user";r=1;t=40',
  });
  expect((await post("ada", {}, from("192.0.2.2"))).status).toBe(422);
  const refused = await post("ada", {}, from("192.0.2.3"));
  expect(told(refused)).toMatchObject({ status: 429, left: '"address";r=3;t=40, "user";r=0;t=40' });
  expect(await refused.json()).toMatchObject({ "violated-policies": ["user"] });
  expect((await post("grace", { name: "a" }, from("192.0.2.3"))).status).toBe(200);
});

test("a flood of forged tokens is refused before any token is looked at", async () => {
  const { post, looked } = serve();
  const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await post("forged", {})).status));
  expect(statuses.toSorted()).toEqual([...Array(4).fill(401), ...Array(46).fill(429)]);
  expect(looked).toHaveLength(4);
});

test("health, metrics and Swagger UI are not limited", async () => {
  const { get } = serve();
  for (let count = 0; count < 10; count++) {
    for (const path of ["/health/live", "/health/ready", "/metrics", "/docs"])
      expect((await get(path)).headers.get("ratelimit")).toBeNull();
  }
  expect((await get("/v1/things")).status).toBe(200);
  for (const path of ["/healthy", "/docsy", "/v1/docs", "/metrics/more"])
    expect((await get(path)).headers.get("ratelimit")).not.toBeNull();
});

test("a path in the Host header does not make a request one for documentation", async () => {
  const { get } = serve();
  for (const [host, path] of [
    ["a/docs", "/v1/things"],
    ["a/docs", "/docs/x/v1/things"],
    ["a/health/live?", "/v1/things"],
    ["docs", "/v1/things"],
  ] as const)
    expect((await get(path, { host })).headers.get("ratelimit")).not.toBeNull();
});

test("a malformed Host header does not keep a problem from being told", async () => {
  const { get } = serve();
  const answer = await get("/v1/nothing", { host: "a/b" });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
});

test("X-Forwarded-For is not believed from who is no proxy of ours", async () => {
  const { from } = serve(["10.0.0.0/8"]);
  const statuses = [];
  for (let count = 0; count < 6; count++) statuses.push((await from(`192.0.2.${count}`)).status);
  expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
});

test("behind a proxy of ours, what a client writes before its own address gains it nothing", async () => {
  const { from } = serve(["127.0.0.1", "10.0.0.0/8"]);
  const statuses = [];
  for (let count = 0; count < 6; count++)
    statuses.push((await from(`192.0.2.${count}, 198.51.100.7, 10.1.2.3`)).status);
  expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
  expect((await from("198.51.100.8")).status).toBe(200);
});

test("the OpenAPI document has 429 wherever requests are counted", async () => {
  const { paths } = await openApiOf(serve().server as never, "http://127.0.0.1");
  const statuses = Object.entries(paths).map(([path, methods]) => {
    const [{ responses = {} } = {}] = Object.values(methods);
    return [path, "429" in responses];
  });
  expect(Object.fromEntries(statuses)).toEqual({
    ...{ "/health/live": false, "/health/ready": false, "/v1/things": true, "/v1/things/mine": true },
  });
});
