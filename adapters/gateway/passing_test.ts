import { expect, test } from "bun:test";
import { openStand, raw, replica } from "./_stand_test.ts";

const task = (url: string) => replica("task", url, ["/v1/tasks"]);
const shown = (request: Request) => Response.json(Object.fromEntries(request.headers));

async function headersOf(url: string, lines: readonly string[]): Promise<Record<string, string>> {
  const { text } = await raw(url, ["GET /v1/tasks HTTP/1.1", "Connection: close", ...lines, "", ""].join("\r\n"));
  return JSON.parse(text.slice(text.indexOf("{")));
}

test("who asked, for which host, is said by the gateway: what the client said of it is not passed on", async () => {
  await using stand = openStand();
  stand.list.push(task(stand.upstream(shown).url));
  const { url } = stand.start();
  const headers = await headersOf(url, [
    ...["Host: api.example.org", "X-Forwarded-For: 10.0.0.1", "X-Forwarded-For: 10.0.0.2", "X-Forwarded-Proto: https"],
    ...["X-Forwarded-Host: evil.example", "Forwarded: for=10.0.0.1", "X-Real-IP: 10.0.0.1"],
  ]);
  expect(headers).toMatchObject({
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-proto": "http",
    "x-forwarded-host": "api.example.org",
    host: "api.example.org",
  });
  expect(Object.keys(headers)).not.toContain("forwarded");
  expect(Object.keys(headers)).not.toContain("x-real-ip");
});

test("a proxy before the gateway says who asks, where it is believed", async () => {
  await using stand = openStand();
  stand.list.push(task(stand.upstream(shown).url));
  const { url } = stand.start({
    clientOf: (request, connected) => `${request.headers.get("x-forwarded-for")} by ${connected}`,
  });
  const headers = await headersOf(url, ["Host: localhost", "X-Forwarded-For: 192.0.2.1"]);
  expect(headers["x-forwarded-for"]).toBe("192.0.2.1 by 127.0.0.1");
});

test("what a browser asks before a script's request is answered here, whether the service lives or not", async () => {
  await using stand = openStand();
  stand.list.push(task(stand.upstream(() => new Response("theirs")).url));
  const { url } = stand.start();
  const headers = { origin: "http://app.example", "access-control-request-method": "POST" };
  const ask = async (init: object) => (await fetch(`${url}/v1/tasks`, { method: "OPTIONS", ...init })).text();
  expect(await ask({ headers })).toBe("own /v1/tasks");
  expect(await ask({})).toBe("theirs");
});

test("hop-by-hop headers, and those that Connection names, stay here both ways; the others pass", async () => {
  await using stand = openStand();
  const answer =
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close, X-Secret\r\nKeep-Alive: timeout=5\r\nX-Secret: s\r\n" +
    'ETag: "7"\r\nX-Correlation-Id: c1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nok';
  const { url: upstream, heard } = await stand.rawUpstream((socket) => void socket.end(answer));
  stand.list.push(task(upstream));
  const { url } = stand.start();
  const { text } = await raw(
    url,
    [
      ...["GET /v1/tasks?q=%2F&r HTTP/1.1", "Host: localhost", "Connection: close, X-Hop", "X-Hop: 1", "TE: trailers"],
      ...["Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "Upgrade: h2c", "Expect: 100-continue"],
      ...["Traceparent: 00-a-b-01", "X-Correlation-Id: c1", 'If-Match: "6"', "Accept-Encoding: br", "", ""],
    ].join("\r\n"),
  );
  const [line, ...lines] = (heard[0] ?? "").toLowerCase().split("\r\n");
  expect(line).toBe("get /v1/tasks?q=%2f&r http/1.1");
  const names = lines.map((each) => each.split(":")[0]);
  for (const name of ["x-hop", "te", "keep-alive", "proxy-connection", "upgrade", "expect"]) {
    expect(names).not.toContain(name);
  }
  for (const each of ["traceparent: 00-a-b-01", "x-correlation-id: c1", 'if-match: "6"', "accept-encoding: br"]) {
    expect(lines).toContain(each);
  }
  const told = text.toLowerCase();
  for (const each of ['etag: "7"', "x-correlation-id: c1", "set-cookie: a=1", "set-cookie: b=2", "\r\n\r\nok"]) {
    expect(told).toContain(each);
  }
  expect(told).not.toContain("x-secret");
  expect(told).not.toContain("timeout=5");
});

test("an answer passes as it is: problems, redirects, 204, 304, HEAD, what is compressed", async () => {
  await using stand = openStand();
  const packed = Bun.gzipSync(Buffer.from("hello ".repeat(1000)));
  const answers: Record<string, () => Response> = {
    problem: () => Response.json({ type: "urn:lucent:problem:forbidden" }, { status: 403 }),
    redirect: () => new Response(null, { status: 302, headers: { location: "/elsewhere" } }),
    none: () => new Response(null, { status: 204, headers: { etag: '"1"' } }),
    unchanged: () => new Response(null, { status: 304, headers: { etag: '"1"' } }),
    packed: () => new Response(packed, { headers: { "content-encoding": "gzip" } }),
    large: () => new Response("x".repeat(3_000_000)),
  };
  const server = stand.upstream((request) => answers[request.url.split("/").at(-1) ?? ""]?.() ?? new Response("?"));
  stand.list.push(task(server.url));
  const { url } = stand.start();
  const ask = (name: string, init: object = {}) => fetch(`${url}/v1/tasks/${name}`, { redirect: "manual", ...init });
  const problem = await ask("problem");
  expect([problem.status, await problem.json()]).toEqual([403, { type: "urn:lucent:problem:forbidden" }]);
  const redirect = await ask("redirect");
  expect([redirect.status, redirect.headers.get("location")]).toEqual([302, "/elsewhere"]);
  for (const [name, status] of [["none", 204] as const, ["unchanged", 304] as const]) {
    const answer = await ask(name);
    expect([answer.status, answer.headers.get("etag"), await answer.text()]).toEqual([status, '"1"', ""]);
  }
  const bytes = await ask("packed", { decompress: false });
  expect(bytes.headers.get("content-encoding")).toBe("gzip");
  expect(Buffer.from(await bytes.arrayBuffer())).toEqual(Buffer.from(packed));
  const head = await ask("large", { method: "HEAD" });
  expect([head.headers.get("content-length"), await head.text()]).toEqual(["3000000", ""]);
  expect((await (await ask("large")).text()).length).toBe(3_000_000);
});

test("an answer's body streams, and a request's is passed on when it is whole", async () => {
  await using stand = openStand();
  const gate = Promise.withResolvers<void>();
  const arrived: string[] = [];
  const server = stand.upstream(async (request) => {
    if (request.method === "GET") {
      return new Response(
        new ReadableStream({
          async start(controller) {
            controller.enqueue("first");
            await gate.promise;
            controller.enqueue("last");
            controller.close();
          },
        }),
      );
    }
    arrived.push(await request.text());
    return new Response(arrived[0]);
  });
  stand.list.push(task(server.url));
  const { url } = stand.start();
  const reader = (await fetch(`${url}/v1/tasks`)).body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("first");
  gate.resolve();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("last");
  expect((await reader?.read())?.done).toBe(true);

  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue("first");
      await Bun.sleep(50);
      expect(arrived).toEqual([]);
      controller.enqueue("last");
      controller.close();
    },
  });
  expect(await (await fetch(`${url}/v1/tasks`, { method: "POST", body })).text()).toBe("firstlast");
});

test("a body above 4 MiB is refused; one that is not sent whole reaches nobody whole", async () => {
  await using stand = openStand();
  const whole: string[] = [];
  const server = stand.upstream(async (request) => {
    whole.push(await request.text());
    return new Response("ok");
  });
  stand.list.push(task(server.url));
  const { url } = stand.start();
  const large = await fetch(`${url}/v1/tasks`, { method: "POST", body: "x".repeat(4 * 1024 * 1024 + 1) });
  expect(large.status).toBe(413);
  const { hostname, port } = new URL(url);
  const socket = await Bun.connect({ hostname, port: Number(port), socket: { data() {} } });
  socket.write("POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf");
  await Bun.sleep(30);
  socket.terminate();
  await (await fetch(`${url}/v1/tasks`, { method: "POST", body: "whole" })).text();
  await Bun.sleep(30);
  expect(whole).toEqual(["whole"]);
});
