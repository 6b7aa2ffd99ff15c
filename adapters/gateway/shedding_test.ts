import { expect, test } from "bun:test";
import { openStand, replica, until } from "./_stand_test.ts";

/** A service that answers what waits for `open`. */
function hanging(stand: ReturnType<typeof openStand>, service: string) {
  const gate = Promise.withResolvers<void>();
  const seen = { count: 0 };
  const { url } = stand.upstream(async () => {
    seen.count++;
    await gate.promise;
    return new Response("late");
  });
  stand.list.push(replica(service, url, [`/v1/${service}`]));
  return { seen, open: () => gate.resolve() };
}

test("above its bound a service's requests are shed at once, and another service answers as ever", async () => {
  await using stand = openStand();
  const slow = hanging(stand, "slow");
  stand.list.push(replica("quick", stand.upstream(() => new Response("quick")).url, ["/v1/quick"]));
  const { url } = stand.start();
  const asked = Array.from({ length: 300 }, () => fetch(`${url}/v1/slow`));
  const shed = await Promise.race(asked);
  expect([shed.status, shed.headers.get("retry-after")]).toEqual([503, "1"]);
  await until(() => slow.seen.count === 80);
  const times: number[] = [];
  for (let sent = 0; sent < 50; sent++) {
    const start = performance.now();
    expect(await (await fetch(`${url}/v1/quick`)).text()).toBe("quick");
    times.push(performance.now() - start);
  }
  expect(times.toSorted((a, b) => a - b)[25]).toBeLessThan(50);
  expect(slow.seen.count).toBe(80);
  slow.open();
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(80);
  expect(statuses.filter((status) => status === 503)).toHaveLength(220);
  expect((await fetch(`${url}/v1/slow`)).status).toBe(200);
  expect(stand.logged).toEqual(["Sheds requests"]);
});

test("a service has a bound over all its replicas, and all services have one together", async () => {
  await using stand = openStand({ limits: { perReplica: 4, perService: 6, total: 9 } });
  const ones = [hanging(stand, "one"), hanging(stand, "one")];
  const two = hanging(stand, "two");
  const { url } = stand.start();
  const ask = (service: string) => Array.from({ length: 10 }, () => fetch(`${url}/v1/${service}`));
  const first = ask("one");
  await until(() => ones.reduce((sum, { seen }) => sum + seen.count, 0) === 6);
  const second = ask("two");
  await until(() => two.seen.count === 3);
  await Bun.sleep(20);
  for (const { open } of [...ones, two]) open();
  const count = async (asked: Promise<Response>[]) => (await Promise.all(asked)).filter(({ ok }) => ok).length;
  expect([await count(first), await count(second)]).toEqual([6, 3]);
});

test("a body that comes byte by byte holds no place, and not for ever", async () => {
  await using stand = openStand({ limits: { perReplica: 1, upload: 300 } });
  const server = stand.upstream(async (request) => new Response(await request.text()));
  stand.list.push(replica("quick", server.url, ["/v1/quick"]));
  const { url } = stand.start();
  const { hostname, port } = new URL(url);
  const head = "POST /v1/quick HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx";
  const dripping = Array.from({ length: 20 }, () => {
    const answered = Promise.withResolvers<string>();
    const data = (_: unknown, bytes: Buffer) => answered.resolve(bytes.toString());
    Bun.connect({ hostname, port: Number(port), socket: { open: (socket) => void socket.write(head), data } });
    return answered.promise;
  });
  await Bun.sleep(50);
  expect(await (await fetch(`${url}/v1/quick`, { method: "POST", body: "whole" })).text()).toBe("whole");
  for (const answer of await Promise.all(dripping)) expect(answer).toStartWith("HTTP/1.1 408 ");
});

test("bodies that come in have a bound, too", async () => {
  await using stand = openStand({ limits: { bodies: 1, upload: 2_000 } });
  stand.list.push(replica("quick", stand.upstream(() => new Response("quick")).url, ["/v1/quick"]));
  const { url } = stand.start();
  const { hostname, port } = new URL(url);
  const head = "POST /v1/quick HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx";
  await Bun.connect({ hostname, port: Number(port), socket: { open: (socket) => void socket.write(head), data() {} } });
  const ask = (init: object) => fetch(`${url}/v1/quick`, init);
  await until(async () => (await ask({ method: "POST", body: "whole" })).status === 503);
  expect((await ask({})).status).toBe(200);
});

test("an answer holds its slot until its body has ended or its client has left", async () => {
  await using stand = openStand({ limits: { perReplica: 1 } });
  let release = () => {};
  const { url: upstream } = stand.upstream((request) =>
    request.url.endsWith("/short")
      ? new Response("short")
      : new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue("part");
              release = () => controller.close();
            },
          }),
        ),
  );
  stand.list.push(replica("task", upstream, ["/v1/tasks"]));
  const { url } = stand.start();
  const status = async () => (await fetch(`${url}/v1/tasks/short`)).status;
  const whole = await fetch(`${url}/v1/tasks`);
  expect(await status()).toBe(503);
  release();
  expect(await whole.text()).toBe("part");
  await until(async () => (await status()) === 200);
  const leaving = new AbortController();
  await fetch(`${url}/v1/tasks`, { signal: leaving.signal });
  expect(await status()).toBe(503);
  leaving.abort();
  await until(async () => (await status()) === 200);
  expect(stand.logged.filter((message) => message !== "Sheds requests")).toEqual([]);
});

test("answers without a body give their slots back too", async () => {
  await using stand = openStand({ limits: { perReplica: 1 } });
  const statuses: Record<string, number> = { none: 204, unchanged: 304, whole: 200 };
  const server = stand.upstream((request) => {
    const status = statuses[request.url.split("/").at(-1) ?? ""] ?? 500;
    return new Response(status === 200 ? "x".repeat(100_000) : null, { status });
  });
  stand.list.push(replica("task", server.url, ["/v1/tasks"]));
  const { url } = stand.start();
  const got: number[] = [];
  for (const [method, name] of ["GET none", "GET unchanged", "HEAD whole", "GET none"].map((each) => each.split(" "))) {
    got.push((await fetch(`${url}/v1/tasks/${name}`, { method: method ?? "" })).status);
  }
  expect(got).toEqual([204, 304, 200, 204]);
});

test("disposed, it lets what is under way end and takes no more", async () => {
  await using stand = openStand();
  const slow = hanging(stand, "slow");
  const gateway = stand.start();
  const asked = fetch(`${gateway.url}/v1/slow`);
  await until(() => slow.seen.count === 1);
  const disposed = gateway[Symbol.asyncDispose]();
  await until(
    async () =>
      !(await fetch(`${gateway.url}/v1/slow`).then(
        ({ ok }) => ok,
        () => false,
      )),
  );
  slow.open();
  expect(await (await asked).text()).toBe("late");
  await disposed;
  expect(slow.seen.count).toBe(1);
});

test("disposed, it waits no longer than it may", async () => {
  await using stand = openStand({ limits: { drain: 30 } });
  const slow = hanging(stand, "slow");
  const gateway = stand.start();
  const asked = fetch(`${gateway.url}/v1/slow`).then(
    ({ status }) => status,
    () => "cut off",
  );
  await until(() => slow.seen.count === 1);
  await gateway[Symbol.asyncDispose]();
  expect(await asked).toBe("cut off");
});
