import { expect, test } from "bun:test";
import { openStand, raw, refusing, replica, until } from "./_stand_test.ts";

const task = (url: string) => replica("task", url, ["/v1/tasks"]);
const request = (method: string) => `${method} /v1/tasks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n`;
const kindOf = async (answer: Response) => [
  answer.status,
  ((await answer.json()) as { type: string }).type.split(":").at(-1),
];

test("a POST that a replica may have received is never sent again: 502", async () => {
  await using stand = openStand();
  let living = 0;
  let died = 0;
  const dying = await stand.rawUpstream((socket, heard) => {
    // Its head and its body have come when it dies.
    if (!heard.endsWith("pay")) return;
    died++;
    socket.destroy();
  });
  const other = stand.upstream(() => {
    living++;
    return new Response("living");
  });
  stand.list.push(task(dying.url), task(other.url));
  const { url } = stand.start();
  const answers: number[] = [];
  while (died < 5) {
    const answer = await fetch(`${url}/v1/tasks`, { method: "POST", body: "pay" });
    answers.push(answer.status);
    if (answer.status !== 200) expect(await kindOf(answer)).toEqual([502, "bad-gateway"]);
  }
  expect(answers.filter((status) => status === 502)).toHaveLength(5);
  expect(living).toBe(answers.length - 5);
});

test("a POST on a kept connection that the replica closes is not sent again either", async () => {
  await using stand = openStand();
  let requests = 0;
  const closing = await stand.rawUpstream((socket) => {
    requests++;
    if (requests % 2 === 1) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    else socket.destroy();
  });
  stand.list.push(task(closing.url));
  const { url } = stand.start();
  for (const status of [200, 502, 200, 502]) {
    expect((await fetch(`${url}/v1/tasks`, { method: "POST" })).status).toBe(status);
  }
  expect(requests).toBe(4);
});

test("a problem of the gateway's own carries what lets a script of another origin read it", async () => {
  await using stand = openStand();
  const dying = await stand.rawUpstream((socket) => void socket.destroy());
  const headersOf = ({ headers }: Request) => ({ "access-control-allow-origin": headers.get("origin") ?? "" });
  stand.list.push(task(dying.url));
  const { url } = stand.start({ headersOf });
  const asking = { method: "POST", headers: { origin: "http://app.example" } };
  const { status, headers } = await fetch(`${url}/v1/tasks`, asking);
  expect([status, headers.get("access-control-allow-origin")]).toEqual([502, "http://app.example"]);
  expect(headers.get("content-type")).toBe("application/problem+json");
});

test("a GET whose replica dies before it answers goes to another one", async () => {
  await using stand = openStand();
  const dying = await stand.rawUpstream((socket) => void socket.destroy());
  const living = stand.upstream(() => new Response("living"));
  stand.list.push(task(dying.url), task(living.url));
  const { url } = stand.start();
  while (dying.heard.length < 5) expect(await (await fetch(`${url}/v1/tasks`)).text()).toBe("living");
});

test("a GET that every replica breaks off is 502 after three attempts", async () => {
  await using stand = openStand();
  const dying = await stand.rawUpstream((socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Le"));
  stand.list.push(task(dying.url));
  const { url } = stand.start();
  expect(await kindOf(await fetch(`${url}/v1/tasks`))).toEqual([502, "bad-gateway"]);
  expect(dying.heard).toHaveLength(3);
});

test("an answer whose replica dies in mid-body is cut off for the client too, never ended as if it were whole", async () => {
  await using stand = openStand();
  const heads = ["Content-Length: 1000000", "Transfer-Encoding: chunked"];
  let count = 0;
  const dying = await stand.rawUpstream((socket) => {
    const head = heads[count++];
    socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n4\r\npart\r\n`);
    setTimeout(() => socket.destroy(), 30);
  });
  stand.list.push(task(dying.url));
  const { url } = stand.start();
  for (const _ of heads) {
    const { text, aborted } = await raw(url, `${request("GET")}\r\n`);
    expect(text).toContain("part");
    expect(text).not.toContain("\r\n0\r\n\r\n");
    expect(aborted).toBe(true);
  }
  const kept = "Cannot pass on the rest of an answer";
  expect(stand.logged.filter((message) => message === kept)).toHaveLength(2);
});

test("a short answer that breaks off is told as 502, and nothing of it passes", async () => {
  await using stand = openStand();
  const dying = await stand.rawUpstream(
    (socket) => void socket.end("HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\nhalf"),
  );
  stand.list.push(task(dying.url));
  const { url } = stand.start();
  expect(await kindOf(await fetch(`${url}/v1/tasks`, { method: "POST" }))).toEqual([502, "bad-gateway"]);
  expect(dying.heard).toHaveLength(1);
});

test("a replica that does not answer in time is 504, and its slot is free again", async () => {
  await using stand = openStand({ limits: { timeout: 50, perReplica: 1 } });
  const slow = stand.upstream(async (asked) => {
    if (asked.method === "POST") await Bun.sleep(5_000);
    return new Response("quick");
  });
  stand.list.push(task(slow.url));
  const { url } = stand.start();
  expect(await kindOf(await fetch(`${url}/v1/tasks`, { method: "POST" }))).toEqual([504, "gateway-timeout"]);
  expect(await (await fetch(`${url}/v1/tasks`)).text()).toBe("quick");
});

test("a client who leaves frees its slot, and its replica learns of it", async () => {
  await using stand = openStand({ limits: { perReplica: 1 } });
  let left = 0;
  const slow = stand.upstream(async (asked) => {
    asked.signal.addEventListener("abort", () => left++);
    if (asked.method === "POST") await Bun.sleep(5_000);
    return new Response("quick");
  });
  stand.list.push(task(slow.url));
  const { url } = stand.start();
  const leaving = new AbortController();
  const asked = fetch(`${url}/v1/tasks`, { method: "POST", signal: leaving.signal }).catch((error) => error.name);
  await until(async () => (await fetch(`${url}/v1/tasks`)).status === 503);
  leaving.abort();
  expect(await asked).toBe("AbortError");
  await until(async () => (await fetch(`${url}/v1/tasks`)).status === 200);
  await until(() => left === 1);
  expect(stand.logged).toEqual(["Sheds requests"]);
});

test("what throws where the gateway answers itself is a 500 problem, and logged", async () => {
  await using stand = openStand();
  const { url } = stand.start({ own: () => Promise.reject(new Error("Not this time")) });
  const answer = await fetch(`${url}/health`);
  expect(await kindOf(answer)).toEqual([500, "internal"]);
  expect(stand.logged).toEqual(["Cannot answer"]);
});

test("with a Host header that is none, a request goes where its path says", async () => {
  await using stand = openStand();
  stand.list.push(task(stand.upstream(() => new Response("task")).url));
  const { url } = stand.start();
  for (const host of ["", "[", "a b", "x"]) {
    const { text } = await raw(url, `GET /v1/tasks HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(text).toMatch(/task$|^HTTP\/1.1 400 /);
  }
});

test("what a request's query says is in no log", async () => {
  await using stand = openStand();
  const dying = await stand.rawUpstream((socket, head) => {
    if (head.includes("/large")) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    socket.destroySoon();
  });
  stand.list.push(task(dying.url), replica("play", refusing(), ["/v1/plays"]));
  const told: string[] = [];
  const { url } = stand.start({ log: (message, details) => told.push(message + Bun.inspect(details)) });
  for (const path of ["/v1/tasks", "/v1/tasks/large", "/v1/plays"]) {
    await raw(url, `GET ${path}?ticket=secret HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  }
  expect(told.length).toBeGreaterThan(3);
  expect(told.filter((each) => each.includes("secret"))).toEqual([]);
  expect(told.join()).toContain("ECONNREFUSED");
});
