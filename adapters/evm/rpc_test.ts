import { afterAll, expect, test } from "bun:test";
import { zero } from "../../domains/shared/mod.ts";
import type { Call } from "../../domains/wallet/mod.ts";
import { ChainUnreachable } from "../../ports/mod.ts";
import { accountAt, connect, drive, freshAddress, startAnvil } from "./_chain_test.ts";
import { faultyNode, missing } from "./_faulty_node_test.ts";
import { toHex } from "./_hex.ts";
import { usual } from "./_timing.ts";

const anvil = await startAnvil();
const otherChain = await startAnvil(0, ["--no-mining", "--chain-id", "1"]);
afterAll(() => Promise.all([anvil.stop(), otherChain.stop()]));
const { mine, rpc } = drive(anvil.url);

const impatient = { ...usual, answer: 500, trace: 800 };
const rich = accountAt(3).address;
const nothing: Call = { to: freshAddress(), value: zero, data: "0x" };

/** A port at which nobody listens. */
function deadUrl(scheme = "http"): string {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop(true);
  return `${scheme}://127.0.0.1:${listener.port}`;
}

/** Takes connections and says nothing. */
function silentUrl(scheme: string) {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  return { url: `${scheme}://127.0.0.1:${listener.port}`, [Symbol.dispose]: () => listener.stop(true) };
}

test.each(["http", "ws"])("a node is asked over %s", async (scheme) => {
  await using chain = connect(anvil.url.replace("http", scheme));
  expect(await chain.minedNonce(rich)).toBe(0);
  expect(chain.logged).toEqual([]);
});

test.each(["http", "ws"])("where the first node is dead, the second one answers (%s)", async (scheme) => {
  const dead = deadUrl(scheme);
  await using chain = connect([dead, anvil.url]);
  expect(await chain.minedNonce(rich)).toBe(0);
  const { host } = new URL(dead);
  expect(chain.logged).toMatchObject([{ message: "A node fails", details: { node: host } }]);
  await using alone = connect(dead);
  await expect(alone.minedNonce(rich)).rejects.toThrow(ChainUnreachable);
});

test.each(["http", "ws"])(
  "where the first node hangs, the second one answers, and is asked first from then on (%s)",
  async (scheme) => {
    using silent = silentUrl(scheme);
    await using chain = connect([silent.url, anvil.url], { timing: impatient });
    expect(await chain.minedNonce(rich)).toBe(0);
    const started = Date.now();
    expect(await chain.minedNonce(rich)).toBe(0);
    expect(Date.now() - started).toBeLessThan(impatient.answer);
  },
);

test("where a node hangs in the middle of an answer, another one is asked", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect([node.url, anvil.url], { timing: impatient });
  await chain.head();
  const half = () => new ReadableStream({ start: (stream) => stream.enqueue('{"jsonrpc":') });
  node.respond = () => new Response(half());
  expect(await chain.minedNonce(rich)).toBe(0);
});

test("a node of another chain is not believed, though it answers", async () => {
  await using chain = connect([otherChain.url, anvil.url]);
  await mine(3);
  expect((await chain.head()).latest.number).toBe(Number(await rpc("eth_blockNumber")));
  expect(chain.logged[0]?.details).toMatchObject({ reason: "it serves chain 1" });
  await using wrong = connect(otherChain.url);
  await expect(wrong.head()).rejects.toThrow("it serves chain 1");
  await expect(wrong.head()).rejects.toThrow(ChainUnreachable);
});

test("a node that fails is looked at again before it is believed: it may serve another chain", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  await chain.head();
  node.respond = () => new Response("", { status: 502 });
  await expect(chain.head()).rejects.toThrow("HTTP 502");
  node.respond = () => undefined;
  node.meddle = (method) => (method === "eth_chainId" ? { result: "0x5" } : undefined);
  await expect(chain.head()).rejects.toThrow("it serves chain 5");
  node.meddle = () => undefined;
  await chain.head();
  expect(chain.logged.map(({ message }) => message)).toEqual(["A node fails", "A node answers again"]);
});

test("what a node serves is looked at anew after some time", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url, { timing: { ...usual, trust: 0 } });
  await chain.minedNonce(rich);
  node.meddle = (method) => (method === "eth_chainId" ? { result: "0x5" } : undefined);
  await expect(chain.minedNonce(rich)).rejects.toThrow("it serves chain 5");
});

test("a second node that is behind what the first one made final is not believed, though it once was", async () => {
  await using first = faultyNode(anvil.url);
  await using second = faultyNode(anvil.url);
  await using chain = connect([first.url, second.url]);
  first.meddle = (method) => (method === "eth_simulateV1" ? missing : undefined);
  const { latest } = await chain.head();
  await chain.simulate(rich, nothing);
  expect(second.asked).toContain("eth_chainId");
  await mine(5);
  await chain.head();
  second.meddle = (method) => (method === "eth_blockNumber" ? { result: toHex(latest.number) } : undefined);
  first.respond = () => new Response("", { status: 503 });
  await expect(chain.minedNonce(rich)).rejects.toThrow(`it is at block ${latest.number}`);
});

test.each([429, 500, 502, 401, 404])("HTTP %d is a node that fails, whatever the body says", async (status) => {
  await using node = faultyNode(anvil.url);
  await using chain = connect([node.url, anvil.url]);
  node.respond = () => Response.json({ jsonrpc: "2.0", id: 1, result: "0x7" }, { status });
  expect(await chain.minedNonce(rich)).toBe(0);
  await using alone = connect(node.url);
  await expect(alone.minedNonce(rich)).rejects.toThrow(`HTTP ${status}`);
  await expect(alone.minedNonce(rich)).rejects.toThrow(ChainUnreachable);
});

test.each([
  { code: -32005, message: "limit exceeded" },
  { code: 429, message: "compute units exceeded" },
  { code: -32603, message: "internal error" },
])("a limit and an internal error are no answer: %j", async (error) => {
  await using node = faultyNode(anvil.url);
  node.meddle = () => ({ error });
  await using chain = connect([node.url, anvil.url]);
  expect(await chain.minedNonce(rich)).toBe(0);
  await using alone = connect(node.url);
  await expect(alone.minedNonce(rich)).rejects.toThrow(error.message);
});

test.each([
  "",
  "<html>502</html>",
  "{",
  "null",
  "7",
  "[]",
  "[null]",
  "{}",
  '{"result":null}',
  '"0x0"',
  '{"error":"no"}',
])("what is no JSON-RPC answer is unreachable: %p", async (body) => {
  await using node = faultyNode(anvil.url);
  await using chain = connect([node.url, anvil.url]);
  node.respond = () => new Response(body, { headers: { "content-type": "application/json" } });
  expect(await Promise.all([chain.minedNonce(rich), chain.head()])).toMatchObject([0, {}]);
  await using alone = connect(node.url);
  await expect(alone.minedNonce(rich)).rejects.toThrow(ChainUnreachable);
});

const noNonces = [null, "", "0x", "0xzz", "12", 7, -1, true, {}, [], `0x${"f".repeat(64)}`, `0x1${"0".repeat(64)}`];
test.each(noNonces.map((result) => ({ result })))("a nonce that is none is unreachable: %j", async (told) => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  node.meddle = (method) => (method === "eth_getTransactionCount" ? told : undefined);
  await expect(chain.minedNonce(rich)).rejects.toThrow(ChainUnreachable);
});

test("an answer without a result is called that", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  node.meddle = () => ({});
  await expect(chain.minedNonce(rich)).rejects.toThrow("An answer without a result");
});

test("a redirect is not followed: the answer would be another host's", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  node.respond = () => Response.redirect(anvil.url, 307);
  await expect(chain.minedNonce(rich)).rejects.toThrow(ChainUnreachable);
});

test("a method that one node lacks is asked of the others, which do not take its place", async () => {
  await using plain = faultyNode(anvil.url);
  await using tracing = faultyNode(anvil.url);
  plain.meddle = (method) => (method.startsWith("debug_") || method === "eth_simulateV1" ? missing : undefined);
  await using chain = connect([plain.url, tracing.url]);
  await chain.head();
  expect((await chain.simulate(rich, nothing)).outcome).toBe("success");
  expect(tracing.asked).toContain("eth_simulateV1");
  const before = tracing.asked.length;
  await chain.minedNonce(rich);
  expect(tracing.asked.length).toBe(before);
  expect(chain.logged).toEqual([]);
});
