import { afterAll, expect, test } from "bun:test";
import { ChainUnreachable } from "../../ports/mod.ts";
import { accountAt, connect, drive, freshAddress, network, startAnvil } from "./_chain_test.ts";
import { faultyNode, missing } from "./_faulty_node_test.ts";

const anvil = await startAnvil(0, ["--no-mining", "--slots-in-an-epoch", "2"]);
afterAll(anvil.stop);
const { mine, mined, rpc, send } = drive(anvil.url);

test("head() gives the newest block, and the newest final one by depth", async () => {
  await using chain = connect(anvil.url);
  await mine(3);
  const latest = await mined();
  expect(await chain.head()).toEqual({ latest, final: latest.number - 2 });
});

test("head() gives the block that the chain itself calls final", async () => {
  await using chain = connect(anvil.url, { network: { ...network, final: "finalized" } });
  await mine(3);
  const { number } = await rpc<{ number: string }>("eth_getBlockByNumber", "finalized", false);
  const { latest, final } = await chain.head();
  expect(final).toBe(Number(number));
  expect(latest.number - final).toBe(4);
});

test.each([
  { error: { code: -39001, message: "no safe block yet" } },
  { error: { code: -32000, message: "unknown block" } },
  { error: { code: -32000, message: "finalized block not found" } },
  { result: null },
])("head() gives -1 while nothing is final yet: %j", async (young) => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url, { network: { ...network, final: "finalized" } });
  node.meddle = (_, [tag]) => (tag === "finalized" ? young : undefined);
  expect((await chain.head()).final).toBe(-1);
});

test("head() gives -1 while the chain is shorter than the depth", async () => {
  await using young = await startAnvil();
  await using chain = connect(young.url);
  expect((await chain.head()).final).toBe(-1);
  await drive(young.url).mine(2);
  expect((await chain.head()).final).toBe(0);
});

test("head() never takes back what was final", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url, { network: { ...network, final: "finalized" } });
  await mine(3);
  const { final } = await chain.head();
  node.meddle = (_, [tag]) => (tag === "finalized" ? { result: null } : undefined);
  expect((await chain.head()).final).toBe(final);
});

test("head() passes on that nobody tells what is final", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url, { network: { ...network, final: "finalized" } });
  node.meddle = (_, [tag]) => (tag === "finalized" ? { error: { code: -32000, message: "busy" } } : undefined);
  await expect(chain.head()).rejects.toThrow(ChainUnreachable);
});

test("block() gives a block by its number, and undefined where there is none", async () => {
  await using chain = connect(anvil.url);
  const first = await mined();
  const second = await mined();
  expect(await chain.block(first.number)).toEqual(first);
  expect(await chain.block(second.number)).toMatchObject({ hash: second.hash, parent: first.hash });
  expect(await chain.block(second.number + 1)).toBeUndefined();
});

test("a reorg shows: other hashes from where the chain parts, the same ones below", async () => {
  await using chain = connect(anvil.url);
  const kept = await mined();
  const [gone, goneToo] = [await mined(), await mined()];
  await rpc("anvil_reorg", 2, [[{ from: accountAt(0).address, to: freshAddress(), value: "0x1" }, 0]]);
  const [first, second] = [await chain.block(gone.number), await chain.block(goneToo.number)];
  expect(first?.hash).not.toBe(gone.hash);
  expect(second?.hash).not.toBe(goneToo.hash);
  expect(first?.parent).toBe(kept.hash);
  expect(second?.parent).toBe(first?.hash ?? "");
  expect(await chain.block(kept.number)).toEqual(kept);
  expect((await chain.head()).latest).toEqual(second ?? kept);
});

test("arrivals() of a block that was reorganised away is unreachable, not empty", async () => {
  await using chain = connect(anvil.url);
  const to = freshAddress();
  await send(accountAt(1), { to, value: 7n });
  const block = await mined();
  expect(await chain.arrivals(block, new Set([to]))).toHaveLength(1);
  await rpc("anvil_reorg", 1, []);
  await expect(chain.arrivals(block, new Set([to]))).rejects.toThrow(ChainUnreachable);
});

test("a node without the final block that was seen is behind: neither absent nor an older head", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  await mine(5);
  const { latest, final } = await chain.head();
  node.meddle = (method) => (method === "eth_getBlockByNumber" ? { result: null } : undefined);
  await expect(chain.block(final)).rejects.toThrow(`it has no block ${final}, which was final`);
  expect(await chain.block(latest.number)).toBeUndefined();
  const old = await rpc("eth_getBlockByNumber", "0x1", false);
  node.meddle = (method) => (method === "eth_getBlockByNumber" ? { result: old } : undefined);
  await expect(chain.head()).rejects.toThrow(ChainUnreachable);
});

test("where one node is behind what was final, the other one is asked", async () => {
  await using behind = faultyNode(anvil.url);
  await using chain = connect([behind.url, anvil.url]);
  await mine(5);
  const { final } = await chain.head();
  behind.meddle = (method) => (method === "eth_getBlockByNumber" ? { result: null } : undefined);
  expect((await chain.block(final))?.number).toBe(final);
  expect(chain.logged).toEqual([
    {
      message: "A node fails",
      details: {
        node: `127.0.0.1:${behind.port}`,
        method: "eth_getBlockByNumber",
        reason: `it has no block ${final}, which was final`,
      },
    },
  ]);
});

test.each([
  { result: {} },
  { result: [] },
  { result: "0x" },
  { result: { number: "0x1", hash: "0x1", parentHash: "0x1", timestamp: "0x1" } },
  { result: { number: "one" } },
  missing,
])("what is no block is unreachable, not an answer: %j", async (told) => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  node.meddle = (method) => (method === "eth_getBlockByNumber" ? told : undefined);
  await expect(chain.block(1)).rejects.toThrow(ChainUnreachable);
  await expect(chain.head()).rejects.toThrow(ChainUnreachable);
});
