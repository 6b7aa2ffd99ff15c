import { expect, test } from "bun:test";
import { Elysia, t } from "elysia";
import type { UserId } from "../../domains/shared/mod.ts";
import type { Permission } from "../../domains/user/mod.ts";
import type { Proof } from "../../ports/mod.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import { createIdempotency, idempotentRequestKind } from "./idempotency.ts";
import { createGuards, createServer } from "./mod.ts";

const proof = { action: "act" } as Proof;
const instant = "2026-11-23T00:00:00.000Z" as never;

/** A server with one route of each guard. Tokens: `user` may nothing more, `drafter` may draft plays. */
function serve() {
  const requests = createStores(openDatabase(":memory:"), () => instant).records(idempotentRequestKind);
  const newId = () => Bun.randomUUIDv7();
  const idempotency = createIdempotency({
    requests,
    clock: () => instant,
    newId,
    deriveId: (...parts) => parts.join("|"),
  });
  const spent = new Set<string>();
  const guards = createGuards({
    idempotency,
    digest: (value) => Bun.hash(JSON.stringify(value)).toString(16),
    async accessOf(token) {
      const permissions = new Set<Permission>(token === "drafter" ? ["play:draft"] : []);
      return ["user", "drafter"].includes(token) ? { user: token as UserId, session: "s1", permissions } : undefined;
    },
    async useStepUp(token, user, action, digest) {
      if (token !== `${user} ${action} ${digest}` || spent.has(token)) return undefined;
      spent.add(token);
      return proof;
    },
  });
  const body = t.Object({ name: t.String() });
  const answers: string[] = [];
  const logged: string[] = [];
  const server = createServer({
    log: (message) => logged.push(message),
    origins: ["https://app.example.org"],
    answered: ({ method, route, status }) => answers.push(`${method} ${route} ${status}`),
  }).use(
    new Elysia({ prefix: "/v1/things" })
      .use(guards)
      .get("/", () => ({ public: true }))
      .get("/mine", ({ viewer }) => viewer, { own: "play:draft" })
      .post("/draft", ({ body: { name } }) => ({ name }), { permission: "play:draft", body })
      .post("/act", ({ body: { name }, proof: given }) => ({ name, given }), { signedIn: true, stepUp: "act", body })
      .post(
        "/act-on",
        async ({ body: { name }, stepUp }) => ({ name, given: name === "other" ? await stepUp() : null }),
        { signedIn: true, stepUpForOthers: "act", body },
      )
      .post("/try", () => Promise.reject(new Error("Not this time")), { signedIn: true, idempotent: true })
      .post("/make", ({ newId: id }) => Bun.sleep(20).then(() => ({ id })), { signedIn: true, idempotent: true, body })
      .get("/false", () => ({ name: 1 }) as never, { response: { 200: body } })
      .post("/fail", () => {
        throw new Error("The secret reason");
      }),
  );
  const ask = (method: string, path: string, given?: unknown, headers: Record<string, string> = {}) =>
    server.handle(
      new Request(`http://localhost/v1/things${path}`, {
        method,
        headers: {
          ...(given !== undefined && { "content-type": "application/json" }),
          authorization: "Bearer user",
          ...headers,
        },
        ...(given !== undefined && { body: typeof given === "string" ? given : JSON.stringify(given) }),
      }),
    );
  return { ask, answers, logged };
}

const kindOf = async (answer: Response) =>
  ((await answer.json()) as { type: string }).type.replace("urn:lucent:problem:", "");
const drafter = { authorization: "Bearer drafter" };

test("who lacks a token or the permission is turned away before their input is looked at", async () => {
  const { ask } = serve();
  expect((await ask("POST", "/draft", {}, { authorization: "Bearer forged" })).status).toBe(401);
  expect(await kindOf(await ask("POST", "/draft", {}))).toBe("forbidden");
  expect(await kindOf(await ask("POST", "/draft", {}, drafter))).toBe("invalid-request");
  expect((await ask("POST", "/draft", { name: "a" }, drafter)).status).toBe(200);
});

test("own() says whether the caller may see what is other people's", async () => {
  const { ask } = serve();
  expect(await (await ask("GET", "/mine")).json()).toEqual({ user: "user", any: false });
  expect(await (await ask("GET", "/mine", undefined, drafter)).json()).toEqual({ user: "drafter", any: true });
});

test("a step-up is asked for with the digest to sign, counts for that body only, and once", async () => {
  const { ask } = serve();
  const asked = await ask("POST", "/act", { name: "a" });
  expect(asked.status).toBe(403);
  const { action, digest } = (await asked.json()) as { action: string; digest: string };
  const stepUp = { "lucent-step-up": `user ${action} ${digest}` };
  expect((await ask("POST", "/act", { name: "b" }, stepUp)).status).toBe(403);
  expect((await ask("POST", "/act", { name: 1 }, stepUp)).status).toBe(422);
  const done = await ask("POST", "/act", { name: "a" }, stepUp);
  expect(await done.json()).toEqual({ name: "a", given: proof });
  expect((await ask("POST", "/act", { name: "a" }, stepUp)).status).toBe(403);
});

test("a step-up for others is spent where the handler asks for it, and only there", async () => {
  const { ask } = serve();
  expect(await (await ask("POST", "/act-on", { name: "own" })).json()).toEqual({ name: "own", given: null });
  const asked = await ask("POST", "/act-on", { name: "other" });
  expect(asked.status).toBe(403);
  const { type, action, digest } = (await asked.json()) as { type: string; action: string; digest: string };
  expect([type, action]).toEqual(["urn:lucent:problem:step-up-needed", "act"]);
  const stepUp = { "lucent-step-up": `user ${action} ${digest}` };
  expect((await ask("POST", "/act-on", { name: "own" }, stepUp)).status).toBe(200);
  const done = await ask("POST", "/act-on", { name: "other" }, stepUp);
  expect(await done.json()).toEqual({ name: "other", given: proof });
  expect((await ask("POST", "/act-on", { name: "other" }, stepUp)).status).toBe(403);
  expect((await ask("POST", "/act-on", {}, stepUp)).status).toBe(422);
});

test("a key gives one id, whoever is first; another body, a request under way and no key are refused", async () => {
  const { ask } = serve();
  const make = (name: string, key?: string) => ask("POST", "/make", { name }, key ? { "idempotency-key": key } : {});
  expect(await kindOf(await make("a"))).toBe("idempotency-key-missing");
  const [first, second] = await Promise.all([make("a", "k1"), make("a", "k1")]);
  expect([first.status, second.status].toSorted()).toEqual([200, 409]);
  const made = (await (first.ok ? first : second).json()) as { id: string };
  expect(await (await make("a", "k1")).json()).toEqual(made);
  expect(await kindOf(await make("b", "k1"))).toBe("idempotency-key-reused");
  expect(await (await make("a", "k2")).json()).not.toEqual(made);
});

test("a request that failed lets go of its key", async () => {
  const { ask } = serve();
  for (let time = 0; time < 2; time++) {
    expect((await ask("POST", "/try", undefined, { "idempotency-key": "k1" })).status).toBe(500);
  }
});

test.each([
  ["no JSON", "{bad", 400, "unreadable-body"],
  ["half a surrogate pair", '{"name": "\\ud800"}', 400, "unreadable-body"],
  ["half a surrogate pair in a name", '{"\\ud800": "a", "name": "a"}', 400, "unreadable-body"],
  ["a prototype", '{"__proto__": {"name": "a"}, "name": "a"}', 400, "unreadable-body"],
  ["33 levels", `${"[".repeat(33)}${"]".repeat(33)}`, 400, "body-too-deep"],
  ["more than 1 MiB", JSON.stringify({ name: "a".repeat(1_100_000) }), 413, "body-too-large"],
  ["an unknown field", '{"name": "a", "colour": "red"}', 422, "invalid-request"],
  ["a number for a text", '{"name": 5}', 422, "invalid-request"],
])("a body with %s is refused", async (_name, body, status, kind) => {
  const answer = await serve().ask("POST", "/draft", body, drafter);
  expect(answer.status).toBe(status);
  const text = await answer.text();
  expect(JSON.parse(text).type).toBe(`urn:lucent:problem:${kind}`);
  expect(text).not.toContain("red");
});

test("a form is no JSON", async () => {
  const answer = await serve().ask("POST", "/draft", "name=a", {
    ...drafter,
    "content-type": "application/x-www-form-urlencoded",
  });
  expect(answer.status).toBe(415);
});

test("an unknown path is 404, a known one with another method 405 with Allow", async () => {
  const { ask } = serve();
  expect((await ask("GET", "/nothing")).status).toBe(404);
  const refused = await ask("DELETE", "/draft");
  expect([refused.status, refused.headers.get("allow")]).toEqual([405, "POST"]);
});

test("what fails on our side tells nothing of why, but the log", async () => {
  const { ask, logged } = serve();
  const answer = await ask("POST", "/fail");
  expect([answer.status, await kindOf(answer)]).toEqual([500, "internal"]);
  expect(logged).toEqual(["Cannot answer"]);
});

test("every answer has the correlation, the security headers and, for a listed origin, CORS", async () => {
  const { ask } = serve();
  const known = await ask("GET", "/", undefined, { "x-correlation-id": "c-1", origin: "https://app.example.org" });
  expect(known.headers.get("x-correlation-id")).toBe("c-1");
  expect(known.headers.get("x-content-type-options")).toBe("nosniff");
  expect(known.headers.get("access-control-allow-origin")).toBe("https://app.example.org");
  const strange = await ask("GET", "/", undefined, {
    "x-correlation-id": "<script>",
    origin: "https://evil.example.org",
  });
  expect(strange.headers.get("x-correlation-id")).toMatch(/^[0-9a-f-]{36}$/);
  expect(strange.headers.get("access-control-allow-origin")).toBeNull();
});

test("every answer is told once, by its route: what went well, what was refused, what failed", async () => {
  const { ask, answers } = serve();
  await ask("GET", "/");
  await ask("POST", "/draft", "{}");
  await ask("POST", "/draft", "{}", drafter);
  await ask("POST", "/fail");
  await ask("GET", "/false");
  await ask("GET", "/nothing");
  expect(answers).toEqual([
    "GET /v1/things/ 200",
    "POST /v1/things/draft 403",
    "POST /v1/things/draft 422",
    "POST /v1/things/fail 500",
    "GET /v1/things/false 500",
    "GET unknown 404",
  ]);
});
