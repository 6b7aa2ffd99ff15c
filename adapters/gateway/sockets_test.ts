import { expect, test } from "bun:test";
import { connect, connectRaw, echoing } from "./_sockets_test.ts";
import { openStand, raw, refusing, replica, until } from "./_stand_test.ts";

test("messages pass both ways as they are, with the request's query and headers, and the subprotocol that was chosen", async () => {
  await using stand = openStand();
  const { heard } = echoing(stand);
  const { url } = stand.start();
  const { socket, messages } = await connect(url, "/v1/realtime?ticket=t%2F1&after=x", ["v1", "v2"]);
  expect(socket.protocol).toBe("v2");
  const sent: (string | Buffer)[] = ["", "short", "ünï✓", "x".repeat(126), "x".repeat(65_536), "x".repeat(700_000)];
  sent.push(Buffer.from([0, 255, 1]), Buffer.alloc(100_000, 7));
  for (const each of sent) socket.send(each);
  await until(() => messages.length === sent.length + 1);
  expect(messages).toEqual(["welcome", ...sent]);
  expect(new URL(heard[0]?.url ?? "").search).toBe("?ticket=t%2F1&after=x");
  expect(heard[0]?.headers).toMatchObject({ "x-forwarded-for": "127.0.0.1", "sec-websocket-protocol": "v1, v2" });
});

test("either side's close code and reason reach the other", async () => {
  await using stand = openStand();
  const { closed } = echoing(stand);
  const { url } = stand.start();
  const first = await connect(url);
  first.socket.send("close 4001 session-ended");
  expect(await first.ended).toBe("4001 session-ended");
  const second = await connect(url);
  second.socket.close(4100, "enough");
  await until(() => closed.length === 2);
  expect(closed).toEqual(["4001 session-ended", "4100 enough"]);
});

test("a replica that is gone without a word closes with 1014; a client that is gone takes the replica's end with it", async () => {
  await using stand = openStand();
  const { closed } = echoing(stand);
  const { url } = stand.start();
  const left = await connect(url);
  left.socket.send("die");
  expect(await left.ended).toBe("1014 bad-gateway");
  const leaving = await connect(url);
  leaving.socket.terminate();
  await until(() => closed.length === 2);
  expect(closed[1]).toStartWith("1006");
});

test("a refused upgrade is answered as the replica refused it, and is asked once", async () => {
  await using stand = openStand();
  const { heard } = echoing(stand);
  const { url } = stand.start();
  const answered = Promise.withResolvers<string>();
  const socket = await connectRaw(url, (bytes) => answered.resolve(bytes.toString()), "/v1/realtime?refuse");
  const text = await answered.promise;
  socket.end();
  expect(text).toStartWith("HTTP/1.1 401 ");
  expect(text.toLowerCase()).toContain("www-authenticate: bearer");
  expect(text).toEndWith(JSON.stringify({ type: "urn:lucent:problem:ticket-refused" }));
  expect(heard).toHaveLength(1);
  // Without a key it is no upgrade, and the replica says what it thinks of that.
  const keyless =
    "Sec-WebSocket-Version: 13\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n";
  const plain = await raw(url, `GET /v1/realtime HTTP/1.1\r\n${keyless}`);
  expect(plain.text).toStartWith("HTTP/1.1 426 ");
  expect(heard[1]?.headers.upgrade).toBeUndefined();
});

test("a socket goes to another replica where one refuses connections, and is 502 where one breaks off", async () => {
  await using stand = openStand();
  stand.list.push(replica("notification", refusing(), ["/v1/realtime"]));
  const { url: upstream } = echoing(stand);
  const { url } = stand.start();
  for (let opened = 0; opened < 10 || !stand.logged.includes("Cannot open a WebSocket"); opened++) {
    const { messages, socket } = await connect(url);
    await until(() => messages.length === 1);
    socket.close();
  }
  expect(upstream).toBeDefined();
  stand.list.length = 0;
  const dying = await stand.rawUpstream((socket) => void socket.destroy());
  const confused = await stand.rawUpstream((socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
    socket.write("Sec-WebSocket-Accept: BACScCJPNqyz+UBoqMH89VmURoA=\r\n\r\n");
  });
  for (const id of ["1", "2"]) stand.list.push(replica("task", dying.url, ["/v1/tasks"], id));
  stand.list.push(replica("play", confused.url, ["/v1/plays"]));
  const other = stand.start();
  for (const path of ["/v1/tasks", "/v1/plays"]) {
    const answered = Promise.withResolvers<string>();
    const client = await connectRaw(other.url, (bytes) => answered.resolve(bytes.toString()), path);
    expect(await answered.promise).toStartWith("HTTP/1.1 502 ");
    client.end();
  }
  expect(dying.heard).toHaveLength(1);
});

test("what a slow client does not read waits at the replica, not here; it gets all of it once it reads", async () => {
  await using stand = openStand();
  const { open } = echoing(stand);
  const { url } = stand.start();
  let received = 0;
  const client = await connectRaw(url, (bytes) => {
    received += bytes.length;
  });
  await until(() => open.size === 1);
  client.pause();
  const [replica] = open;
  const waiting = () => replica?.getBufferedAmount() ?? 0;
  const message = "x".repeat(64 * 1024);
  let sent = 0;
  for (let steady = 0; steady < 10; ) {
    // Where all between is full, what it sends stays with the replica.
    if (waiting() < 1024 * 1024) {
      replica?.send(message);
      sent += message.length;
      steady = 0;
    } else {
      steady++;
      await Bun.sleep(5);
    }
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  }
  client.resume();
  await until(() => received >= sent);
  client.end();
});

test("a client that reads nothing for long is sent away", async () => {
  await using stand = openStand({ limits: { stall: 50 } });
  const { open } = echoing(stand);
  const { url } = stand.start();
  const client = await connectRaw(url);
  await until(() => open.size === 1);
  client.pause();
  const [replica] = open;
  while (open.size > 0) {
    if ((replica?.getBufferedAmount() ?? 0) < 1024 * 1024) replica?.send("x".repeat(64 * 1024));
    await Bun.sleep(1);
  }
  client.terminate();
});

test("pings of the replica are answered by the client, not by the gateway", async () => {
  await using stand = openStand();
  const pongs: string[] = [];
  const { open } = echoing(stand, { pong: (_, data) => void pongs.push(data.toString()) });
  const { url } = stand.start();
  const client = await connectRaw(url);
  await until(() => open.size === 1);
  const [silent] = open;
  silent?.ping("silent");
  const { messages } = await connect(url);
  await until(() => open.size === 2 && messages.length === 1);
  for (const socket of open) if (socket !== silent) socket.ping("living");
  await until(() => pongs.length > 0);
  await Bun.sleep(20);
  expect(pongs).toEqual(["living"]);
  client.terminate();
});

test("there are as many sockets as may be, and when the gateway is disposed each is closed with 1001", async () => {
  await using stand = openStand({ limits: { sockets: 3 } });
  const { closed } = echoing(stand);
  const gateway = stand.start();
  const clients = [];
  for (let opened = 0; opened < 3; opened++) clients.push(await connect(gateway.url));
  await expect(connect(gateway.url)).rejects.toThrow("Refused");
  await gateway[Symbol.asyncDispose]();
  expect(await Promise.all(clients.map(({ ended }) => ended))).toEqual(Array(3).fill("1001 going-away"));
  await until(() => closed.length === 3);
  expect(closed).toEqual(Array(3).fill("1001 going-away"));
});

test("a socket that opens while the gateway is disposed is closed with 1001 at once", async () => {
  await using stand = openStand();
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const { url: upstream } = stand.upstream(async (request, server) => {
    asked.resolve();
    await gate.promise;
    server.upgrade(request, { data: {} });
    return undefined as never;
  });
  stand.list.push(replica("notification", upstream, ["/v1/realtime"]));
  const gateway = stand.start();
  const client = connect(gateway.url);
  await asked.promise;
  const disposed = gateway[Symbol.asyncDispose]();
  gate.resolve();
  expect(await (await client).ended).toBe("1001 going-away");
  await disposed;
});
