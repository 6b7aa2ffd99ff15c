import { expect, test } from "bun:test";
import { openStand, refusing, replica, until } from "./_stand_test.ts";

const named = (name: string) => () => new Response(name);
const text = async (url: string) => (await fetch(url)).text();

test("the longest prefix of whole segments takes a request; what none covers is the gateway's own", async () => {
  await using stand = openStand();
  const portfolio = stand.upstream(named("portfolio"));
  const portfolios = stand.upstream(named("portfolios"));
  const operations = stand.upstream(named("operations"));
  stand.list.push(
    replica("portfolio", portfolio.url, ["/v1/portfolio", "/.well-known"]),
    replica("portfolios", portfolios.url, ["/v1/portfolios/", "/v1/operations"]),
    replica("operations", operations.url, ["/v1/operations/task"]),
  );
  const { url, replicas } = stand.start();
  const answers = async (paths: readonly string[]) => Promise.all(paths.map((path) => text(url + path)));
  expect(
    await answers(["/v1/portfolio", "/v1/portfolio/", "/v1/portfolio/a/b?c=/d", "/.well-known/jwks.json"]),
  ).toEqual(Array(4).fill("portfolio"));
  expect(
    await answers(["/v1/portfolios", "/v1/portfolios/x", "/v1/operations/user/y", "/v1/operations/tasks"]),
  ).toEqual(Array(4).fill("portfolios"));
  expect(await answers(["/v1/operations/task", "/v1/operations/task/x"])).toEqual(Array(2).fill("operations"));
  expect(await answers(["/health", "/v1/portfoli", "/v1", "/"])).toEqual([
    ...["own /health", "own /v1/portfoli", "own /v1", "own /"],
  ]);
  expect(replicas()).toEqual(stand.list);
});

test("a service whose replicas are gone answers 503 with Retry-After, for as long as the gateway lives", async () => {
  await using stand = openStand();
  const wallet = stand.upstream(named("wallet"));
  stand.list.push(replica("wallet", wallet.url, ["/v1/wallets"]));
  const { url, replicas } = stand.start();
  expect(await text(`${url}/v1/wallets`)).toBe("wallet");
  stand.list.length = 0;
  await until(() => replicas().length === 0);
  const answer = await fetch(`${url}/v1/wallets/1`);
  expect([answer.status, answer.headers.get("retry-after"), answer.headers.get("content-type")]).toEqual([
    ...[503, "1", "application/problem+json"],
  ]);
  expect(await answer.json()).toEqual({
    type: "urn:lucent:problem:unavailable",
    status: 503,
    title: "Try again later",
  });
  stand.list.push(replica("wallet", wallet.url, ["/v1/wallets"]));
  await until(async () => (await fetch(`${url}/v1/wallets`)).ok);
});

test("a discovery that fails or does not answer keeps what was known; while none ever worked, nothing is called unknown", async () => {
  await using stand = openStand();
  const wallet = stand.upstream(named("wallet"));
  let discover = async () => [] as never[] | [ReturnType<typeof replica>];
  let asked = 0;
  const fail = async () => {
    asked++;
    throw new Error("The bus is down");
  };
  discover = fail;
  const { url } = stand.start({ discover: () => discover() });
  expect((await fetch(`${url}/v1/wallets`)).status).toBe(503);
  expect(await text(`${url}/health`)).toBe("own /health");
  discover = async () => [replica("wallet", wallet.url, ["/v1/wallets"])];
  await until(async () => (await fetch(`${url}/v1/wallets`)).ok);
  expect((await fetch(`${url}/v1/other`)).status).toBe(404);
  discover = fail;
  const before = asked;
  await until(() => asked > before + 2);
  expect(await text(`${url}/v1/wallets`)).toBe("wallet");
  expect(stand.logged).toContain("Cannot discover replicas");
  const hanging = Promise.withResolvers<void>();
  discover = () => {
    hanging.resolve();
    return new Promise(() => {});
  };
  await hanging.promise;
  expect(await text(`${url}/v1/wallets`)).toBe("wallet");
  const late = asked;
  discover = fail;
  await until(() => asked > late);
});

test("on a port that is taken it throws, and looks for nothing", async () => {
  await using stand = openStand();
  const { url } = await stand.rawUpstream(() => {});
  let asked = 0;
  const discover = async () => {
    asked++;
    return [];
  };
  expect(() => stand.start({ port: Number(new URL(url).port), discover })).toThrow("in use");
  await Bun.sleep(10);
  expect(asked).toBe(0);
});

test("replicas share: whoever has least in flight is next", async () => {
  await using stand = openStand();
  const counts = [0, 0, 0];
  const gate = Promise.withResolvers<void>();
  for (const [place] of counts.entries()) {
    const { url } = stand.upstream(async (request) => {
      counts[place] = (counts[place] ?? 0) + 1;
      if (request.url.endsWith("/wait")) await gate.promise;
      return new Response("done");
    });
    stand.list.push(replica("task", url, ["/v1/tasks"]));
  }
  const { url } = stand.start();
  const waiting = Array.from({ length: 30 }, () => text(`${url}/v1/tasks/wait`));
  await until(() => counts.reduce((sum, count) => sum + count) === 30);
  expect(counts).toEqual([10, 10, 10]);
  gate.resolve();
  await Promise.all(waiting);
  for (let sent = 0; sent < 60; sent++) await text(`${url}/v1/tasks`);
  expect(Math.min(...counts)).toBeGreaterThan(15);
});

test("a replica that refuses connections is left out and looked for at once; its requests go to another, POSTs as well", async () => {
  await using stand = openStand();
  const bodies: string[] = [];
  const living = stand.upstream(async (request) => {
    bodies.push(await request.text());
    return new Response("living");
  });
  stand.list.push(replica("task", refusing(), ["/v1/tasks"]), replica("task", living.url, ["/v1/tasks"]));
  let asked = 0;
  const discover = async () => {
    asked++;
    return stand.list;
  };
  const { url } = stand.start({ discover, every: 60_000 });
  const post = () => fetch(`${url}/v1/tasks`, { method: "POST", body: "x".repeat(100_000) });
  for (let sent = 0; sent < 20 || !stand.logged.includes("Cannot forward a request"); sent++) {
    expect(await (await post()).text()).toBe("living");
  }
  expect(new Set(bodies)).toEqual(new Set(["x".repeat(100_000)]));
  await until(() => asked >= 2);
  bodies.length = 0;
  for (const failures = stand.logged.length; stand.logged.length === failures; ) {
    const body = new ReadableStream({
      async pull(controller) {
        controller.enqueue("in ");
        await Bun.sleep(5);
        controller.enqueue("parts");
        controller.close();
      },
    });
    expect(await (await fetch(`${url}/v1/tasks`, { method: "POST", body })).text()).toBe("living");
  }
  expect(new Set(bodies)).toEqual(new Set(["in parts"]));
});

test("where every replica refuses, the answer is 503; back in discovery, it is asked again", async () => {
  await using stand = openStand();
  stand.list.push(replica("task", refusing(), ["/v1/tasks"]));
  const { url } = stand.start();
  const answer = await fetch(`${url}/v1/tasks`, { method: "POST", body: "{}" });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
  const port = Number(new URL(stand.list[0]?.url ?? "").port);
  await using server = Bun.serve({ hostname: "127.0.0.1", port, fetch: named("again") }) as never as AsyncDisposable;
  expect(server).toBeDefined();
  await until(async () => (await fetch(`${url}/v1/tasks`)).ok);
});
