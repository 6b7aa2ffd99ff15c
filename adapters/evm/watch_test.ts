import { afterAll, expect, test } from "bun:test";
import { setTimeout } from "node:timers/promises";
import { connect, drive, startAnvil, until } from "./_chain_test.ts";
import { faultyNode, missing } from "./_faulty_node_test.ts";
import { usual } from "./_timing.ts";

const anvil = await startAnvil();
afterAll(anvil.stop);
const { mine, mined, rpc } = drive(anvil.url);

/** Questions come fast, and what takes long by rights is soon taken for silence. */
const quick = { ...usual, poll: 10, silence: 60, grace: 40, pause: 50, answer: 300 };
/** Nothing is asked for in the time of a test: what is told of was pushed. */
const pushedOnly = { ...usual, poll: 20, silence: 600_000 };

/** Watches, and has been told of the first head. */
async function watched(chain: { watch(tell: () => void): AsyncDisposable }) {
  const heads = { count: 0 };
  const watch = chain.watch(() => heads.count++);
  await until(() => heads.count > 0);
  return { heads, [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose]() };
}

/** Told of this many heads more, and no more than that. */
async function more(heads: { readonly count: number }, by: number, act: () => Promise<unknown>): Promise<void> {
  const before = heads.count;
  await act();
  await until(() => heads.count >= before + by);
  await setTimeout(50);
  expect(heads.count - before).toBe(by);
}

function askedFor(node: ReturnType<typeof faultyNode>, method: string): number {
  return node.asked.filter((each) => each === method).length;
}

test.each(["http", "ws"])("every head is told of once, as it is pushed over %s", async (scheme) => {
  await using chain = connect(anvil.url.replace("http", scheme), { timing: pushedOnly });
  await using watching = await watched(chain);
  const { heads } = watching;
  for (let block = 0; block < 3; block++) await more(heads, 1, () => mine());
});

test("nothing is asked for while heads are pushed", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url, { timing: { ...pushedOnly, poll: 5 } });
  await using watching = await watched(chain);
  await until(() => node.asked.includes("eth_subscribe"));
  await more(watching.heads, 1, async () => node.pushHead(await mined()));
  const before = node.asked.length;
  for (let block = 0; block < 5; block++) await more(watching.heads, 1, async () => node.pushHead(await mined()));
  expect(node.asked.slice(before)).toEqual([]);
});

test("where nothing is pushed, every head is asked for", async () => {
  await using node = faultyNode(anvil.url);
  node.acceptsSockets = false;
  await using chain = connect(node.url, { timing: quick });
  await using watching = await watched(chain);
  for (let block = 0; block < 3; block++) await more(watching.heads, 1, () => mine());
});

test("a reorg is told of as it is pushed", async () => {
  await using chain = connect(anvil.url, { timing: pushedOnly });
  await using watching = await watched(chain);
  await more(watching.heads, 1, () => mine());
  await more(watching.heads, 1, () => mine());
  const { number, hash } = (await chain.head()).latest;
  await more(watching.heads, 2, () => rpc("anvil_reorg", 2, []));
  const { latest } = await chain.head();
  expect(latest.number).toBe(number);
  expect(latest.hash).not.toBe(hash);
});

test("a reorg is told of that leaves the height as it was", async () => {
  await using node = faultyNode(anvil.url);
  node.acceptsSockets = false;
  await using chain = connect(node.url, { timing: quick });
  await using watching = await watched(chain);
  await more(watching.heads, 1, () => mine());
  await mine(2);
  const before = watching.heads.count;
  const { number, hash } = (await chain.head()).latest;
  await rpc("anvil_reorg", 1, []);
  await until(() => watching.heads.count > before);
  const { latest } = await chain.head();
  expect(latest.number).toBe(number);
  expect(latest.hash).not.toBe(hash);
});

test("heads are asked for as long as the node does not take subscriptions", async () => {
  await using node = faultyNode(anvil.url);
  node.meddle = (method) => (method === "eth_subscribe" ? missing : undefined);
  await using chain = connect(node.url, { timing: quick });
  await using watching = await watched(chain);
  await until(() => askedFor(node, "eth_subscribe") > 1);
  await more(watching.heads, 1, () => mine());
});

test("a subscription is taken up again after the connection is lost, and heads are asked for meanwhile", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url, { timing: quick });
  await using watching = await watched(chain);
  await until(() => askedFor(node, "eth_subscribe") === 1);
  await more(watching.heads, 1, async () => node.pushHead(await mined()));
  node.acceptsSockets = false;
  node.hangUp();
  await more(watching.heads, 1, () => mine());
  node.acceptsSockets = true;
  await until(() => askedFor(node, "eth_subscribe") > 1);
});

test("a subscription that says nothing is made anew with the next node", async () => {
  await using mute = faultyNode(anvil.url);
  await using chain = connect([mute.url, anvil.url], { timing: quick });
  await using watching = await watched(chain);
  await until(() => askedFor(mute, "eth_subscribe") === 1);
  await more(watching.heads, 1, () => mine());
  await until(() => mute.connections() === 0);
  await until(async () => {
    await mine();
    await setTimeout(60);
    const before = mute.asked.length;
    const { count } = watching.heads;
    await mine();
    await setTimeout(30);
    return watching.heads.count > count && mute.asked.length === before;
  });
});

test("a subscription with a node of another chain is not one", async () => {
  await using other = faultyNode(anvil.url);
  other.meddle = (method) => (method === "eth_chainId" ? { result: "0x1" } : undefined);
  await using chain = connect([other.url, anvil.url], { timing: quick });
  await using watching = await watched(chain);
  await more(watching.heads, 1, () => mine());
  expect(other.asked).not.toContain("eth_subscribe");
});

test("a quiet chain is asked only now and then, once its node has pushed", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url, { timing: quick });
  await using watching = await watched(chain);
  await until(() => askedFor(node, "eth_subscribe") === 1);
  node.pushHead(await mined());
  const before = askedFor(node, "eth_getBlockByNumber");
  await setTimeout(quick.silence * 5);
  expect(askedFor(node, "eth_getBlockByNumber") - before).toBeLessThanOrEqual(6);
  expect(node.connections()).toBe(1);
  expect(watching.heads.count).toBeGreaterThan(0);
});

test("once a subscription was found to be silent, heads are asked for as if there were none", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url, { timing: { ...quick, silence: 1_500, grace: 600_000 } });
  await using watching = await watched(chain);
  await until(() => askedFor(node, "eth_subscribe") === 1);
  await more(watching.heads, 1, async () => node.pushHead(await mined()));
  await more(watching.heads, 1, () => mine());
  const before = askedFor(node, "eth_getBlockByNumber");
  await until(() => askedFor(node, "eth_getBlockByNumber") > before + 4);
});

test("an answer that a push has overtaken tells of nothing, and speaks for no silence", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url, { timing: { ...quick, silence: 600_000 } });
  await using watching = await watched(chain);
  await until(() => askedFor(node, "eth_subscribe") === 1);
  const { count: before } = watching.heads;
  const old = await rpc("eth_getBlockByNumber", "latest", false);
  const { length } = node.asked;
  const release = node.hold((method) => (method === "eth_getBlockByNumber" ? { result: old } : undefined));
  await until(() => node.asked.length > length);
  await more(watching.heads, 1, async () => node.pushHead(await mined()));
  release();
  await setTimeout(quick.grace * 3);
  expect(watching.heads.count).toBe(before + 1);
  expect(node.connections()).toBe(1);
});

test("a block that came while the subscription was made is not missed by it", async () => {
  await using node = faultyNode(anvil.url);
  const release = node.hold(undefined, "eth_subscribe");
  await using chain = connect(node.url, { timing: quick });
  await using watching = await watched(chain);
  await until(() => askedFor(node, "eth_subscribe") === 1);
  await more(watching.heads, 1, () => mine());
  release();
  await setTimeout(quick.grace * 3);
  expect(node.connections()).toBe(1);
});

test("an answer that comes after the end tells nothing", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url, { timing: quick });
  const watching = await watched(chain);
  const { count } = watching.heads;
  const { length } = node.asked;
  const release = node.hold();
  await mine();
  await until(() => node.asked.length > length);
  await watching[Symbol.asyncDispose]();
  release();
  await setTimeout(50);
  expect(watching.heads.count).toBe(count);
});

test("what a node says out of turn does no harm", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url, { timing: quick });
  await using watching = await watched(chain);
  await until(() => askedFor(node, "eth_subscribe") === 1);
  const strange = [
    "",
    "{",
    "5",
    "null",
    "[]",
    '"text"',
    "{}",
    '{"params":null}',
    '{"params":{"result":7}}',
    '{"id":null}',
  ];
  for (const message of [...strange, '{"id":77,"result":1}']) node.push(message);
  await more(watching.heads, 1, async () => node.pushHead(await mined()));
  expect(node.connections()).toBe(1);
});

test("a chain of no nodes tells of no head, and says so where it is asked", async () => {
  await using chain = connect([], { timing: quick });
  let count = 0;
  await using _ = chain.watch(() => count++);
  await setTimeout(50);
  expect(count).toBe(0);
  await expect(chain.head()).rejects.toThrow("Cannot ask chain 31337 for eth_getBlockByNumber: it has no nodes");
});

test("nothing is told once it was disposed, and the connection ends", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url, { timing: quick });
  const watching = await watched(chain);
  await until(() => askedFor(node, "eth_subscribe") === 1);
  await watching[Symbol.asyncDispose]();
  await until(() => node.connections() === 0);
  const { count } = watching.heads;
  const { length } = node.asked;
  await mine();
  await setTimeout(100);
  expect(watching.heads.count).toBe(count);
  expect(node.asked.length).toBe(length);
});
