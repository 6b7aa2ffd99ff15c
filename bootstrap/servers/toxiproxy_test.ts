import { expect, test } from "bun:test";
import { type AddressInfo, connect, createServer } from "node:net";
import { withToxiproxy } from "./mod.ts";

/** A server that says what it is told. */
async function startEcho() {
  const server = createServer((socket) => socket.on("error", () => {}).pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    upstream: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]: () => server.close(),
  };
}

/** What becomes of one word: how it ends, and after how many milliseconds. */
async function say(address: string, patience = 1_000) {
  const [host = "", port] = address.split(":");
  const { promise, resolve } = Promise.withResolvers<string>();
  const begun = performance.now();
  const socket = connect({ host, port: Number(port) }, () => socket.write("word"));
  socket.on("data", (data) => resolve(`${data}`)).on("close", () => resolve("closed"));
  socket.on("error", (error) => resolve((error as NodeJS.ErrnoException).code ?? ""));
  const late = setTimeout(() => resolve("nothing"), patience);
  const end = await promise;
  clearTimeout(late);
  socket.destroy();
  return { end, after: performance.now() - begun };
}

await withToxiproxy((toxiproxy) => {
  async function openWay() {
    const opened = new AsyncDisposableStack();
    const echo = opened.use(await startEcho());
    const way = opened.use(await toxiproxy.proxy(crypto.randomUUID(), echo.upstream));
    return { way, [Symbol.asyncDispose]: () => opened.disposeAsync() };
  }

  test("a way is whole, slow by so many milliseconds, and whole again", async () => {
    await using stage = await openWay();
    const { way } = stage;
    const whole = await say(way.address);
    expect(whole.end).toBe("word");
    expect(whole.after).toBeLessThan(300);
    await way.add({ type: "latency", attributes: { latency: 200 } });
    await way.add({ type: "latency", stream: "upstream", attributes: { latency: 100 } });
    const slow = await say(way.address);
    expect(slow.end).toBe("word");
    expect(slow.after).toBeGreaterThanOrEqual(300);
    await way.clear();
    expect((await say(way.address)).after).toBeLessThan(300);
  });

  test("a way is silent, reset or cut, then healed, at the same address", async () => {
    await using stage = await openWay();
    const { way } = stage;
    await way.add({ type: "timeout", attributes: { timeout: 0 } });
    expect((await say(way.address, 100)).end).toBe("nothing");
    await way.clear();
    await way.add({ type: "timeout", attributes: { timeout: 50 } });
    expect((await say(way.address)).end).toBe("closed");
    await way.clear();
    await way.add({ type: "reset_peer", attributes: { timeout: 0 } });
    expect((await say(way.address)).end).toBe("ECONNRESET");
    await way.clear();
    expect((await say(way.address)).end).toBe("word");
    await way.disable();
    expect((await say(way.address)).end).toBe("ECONNREFUSED");
    await way.enable();
    expect((await say(way.address)).end).toBe("word");
  });

  test("a way that is disposed of is gone; a name that is taken is told", async () => {
    using echo = await startEcho();
    const name = crypto.randomUUID();
    const way = await toxiproxy.proxy(name, echo.upstream);
    await expect(toxiproxy.proxy(name, echo.upstream)).rejects.toThrow("409");
    await way[Symbol.asyncDispose]();
    expect((await say(way.address)).end).toBe("ECONNREFUSED");
    await expect(way.add({ type: "bandwidth", attributes: { rate: 1 } })).rejects.toThrow("404");
  });
});
