import { afterAll, expect, test } from "bun:test";
import { accountAt, callOf, connect, freshAddress, nativeArrival, tokenArrival } from "./_chain_test.ts";
import { faultyNode } from "./_faulty_node_test.ts";
import { setStage } from "./_stage_test.ts";

const { anvil, balance, contracts, deploy, me: payer, mined, mint, pay, send } = await setStage();
afterAll(anvil.stop);
const { token, silent, taxed, collection, items, troubles, payer: contract } = contracts;
const other = accountAt(4);

test("the value of a transaction arrives", async () => {
  await using chain = connect(anvil.url);
  const to = freshAddress();
  const hash = await send(payer, { to, value: 7n });
  const block = await mined();
  expect(await chain.arrivals(block, new Set([to]))).toEqual([nativeArrival(to, 7n, hash)]);
});

test("what a contract pays arrives, from several in one transaction", async () => {
  await using chain = connect(anvil.url);
  const [first, second, stranger] = [freshAddress(), freshAddress(), freshAddress()];
  const hash = await pay([first, stranger, second, first], 5n);
  const block = await mined();
  const arrived = await chain.arrivals(block, new Set([first, second]));
  expect(arrived).toHaveLength(2);
  expect(arrived).toContainEqual(nativeArrival(first, 10n, hash));
  expect(arrived).toContainEqual(nativeArrival(second, 5n, hash));
});

test("what a contract paid and took back again did not arrive", async () => {
  await using chain = connect(anvil.url);
  const to = freshAddress();
  const data = contract.abi.encodeFunctionData("waver", [to, 5n]);
  const hash = await send(payer, { to: contract.address, data });
  const block = await mined();
  expect(await chain.arrivals(block, new Set([to]))).toEqual([nativeArrival(to, 5n, hash)]);
});

test("what a contract leaves behind at its end arrives", async () => {
  await using chain = connect(anvil.url);
  const to = freshAddress();
  const mortal = await deploy("Payer");
  await send(payer, { to: mortal.address, value: 9n });
  await mined();
  const hash = await send(payer, callOf(mortal, "end", [to]));
  const block = await mined();
  expect(await chain.arrivals(block, new Set([to]))).toEqual([nativeArrival(to, 9n, hash)]);
});

test("values, payments by contracts and tokens in one block arrive each on its own", async () => {
  await using chain = connect(anvil.url);
  const [first, second] = [freshAddress(), freshAddress()];
  const tokens = [await mint(first, 100n), await mint(first, 100n), await mint(second, 50n)];
  const values = [await send(payer, { to: first, value: 1n }), await send(payer, { to: second, value: 2n })];
  const paid = await pay([second], 4n);
  const block = await mined();
  const arrived = await chain.arrivals(block, new Set([first, second]));
  expect(arrived).toHaveLength(6);
  expect(new Set(arrived.map(({ account, hash, log, asset }) => `${account} ${hash} ${log} ${asset}`)).size).toBe(6);
  for (const [place, hash] of values.entries()) {
    expect(arrived).toContainEqual(nativeArrival(place === 0 ? first : second, BigInt(place + 1), hash));
  }
  expect(arrived).toContainEqual(nativeArrival(second, 4n, paid));
  const sums = tokens.map((hash) => arrived.find((each) => each.hash === hash)?.amount);
  expect(sums.map(String)).toEqual(["100", "100", "50"]);
  expect(await balance(second)).toBe(6n);
});

test("tokens that arrive in one block are told apart by the places of their logs; an ERC-1155 is none of them", async () => {
  await using chain = connect(anvil.url);
  const to = freshAddress();
  const hash = await mint(to, 3n);
  const again = await mint(to, 4n);
  await send(payer, callOf(items, "mint", [to, [1, 2], [5, 6]]));
  const block = await mined();
  expect(await chain.arrivals(block, new Set([to]))).toEqual([
    tokenArrival(to, token.address, 3n, hash, 0),
    tokenArrival(to, token.address, 4n, again, 1),
  ]);
});

test("a token that returns nothing arrives, and one that nobody listed", async () => {
  await using chain = connect(anvil.url);
  const to = freshAddress();
  const hash = await send(payer, callOf(silent, "transfer", [to, 8]));
  const block = await mined();
  expect(await chain.arrivals(block, new Set([to]))).toEqual([tokenArrival(to, silent.address, 8n, hash, 0)]);
});

test("of a token that keeps a part, the rest arrives", async () => {
  await using chain = connect(anvil.url);
  const to = freshAddress();
  const hash = await send(payer, callOf(taxed, "transfer", [to, 100]));
  const block = await mined();
  expect(await chain.arrivals(block, new Set([to]))).toEqual([tokenArrival(to, taxed.address, 90n, hash, 1)]);
});

test("an ERC-721 in the same block, of the same topic, is no ERC-20 that arrives", async () => {
  await using chain = connect(anvil.url);
  const to = freshAddress();
  await send(payer, callOf(collection, "mint", [to, 8]));
  const hash = await mint(to, 3n);
  const block = await mined();
  expect(await chain.arrivals(block, new Set([to]))).toEqual([tokenArrival(to, token.address, 3n, hash, 1)]);
});

test("what reverts brings nothing: neither value nor tokens", async () => {
  await using chain = connect(anvil.url);
  const to = troubles.address;
  await send(payer, { to, value: 7n, data: troubles.abi.encodeFunctionData("loud", [other.address]) });
  await send(payer, { to, value: 7n, data: troubles.abi.encodeFunctionData("text") });
  const block = await mined();
  expect(await chain.arrivals(block, new Set([to, other.address]))).toEqual([]);
});

test("a transaction of no value brings nothing", async () => {
  await using chain = connect(anvil.url);
  const to = freshAddress();
  await send(payer, { to });
  expect(await chain.arrivals(await mined(), new Set([to]))).toEqual([]);
});

test("what an account pays in the same block takes nothing from what arrives", async () => {
  await using chain = connect(anvil.url);
  await send(payer, { to: freshAddress(), value: 50n });
  const value = await send(other, { to: payer.address, value: 7n });
  const paid = await pay([payer.address], 4n);
  const arrived = await chain.arrivals(await mined(), new Set([payer.address]));
  expect(arrived).toHaveLength(2);
  expect(arrived).toContainEqual(nativeArrival(payer.address, 7n, value));
  expect(arrived).toContainEqual(nativeArrival(payer.address, 4n, paid));
});

test("what an account sends to itself does not arrive", async () => {
  await using chain = connect(anvil.url);
  await mint(payer.address, 5n);
  await mined();
  const data = token.abi.encodeFunctionData("transfer", [payer.address, 5]);
  await send(payer, { to: token.address, data });
  const block = await mined();
  expect(await chain.arrivals(block, new Set([payer.address]))).toEqual([]);
});

test("a block without transactions, and one that concerns nobody, bring nothing; nobody asks for no address", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  expect(await chain.arrivals(await mined(), new Set([freshAddress()]))).toEqual([]);
  expect(node.asked).not.toContain("eth_call");
  await send(payer, { to: freshAddress(), value: 1n });
  const block = await mined();
  expect(await chain.arrivals(block, new Set([freshAddress()]))).toEqual([]);
  expect(node.asked).not.toContain("debug_traceBlockByHash");
  const { length } = node.asked;
  expect(await chain.arrivals(block, new Set())).toEqual([]);
  expect(node.asked.length).toBe(length);
});

test("a block is traced only where a balance grew by more than transactions say", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  const to = freshAddress();
  await send(payer, { to, value: 1n });
  await mint(to, 5n);
  await chain.arrivals(await mined(), new Set([to]));
  expect(node.asked).not.toContain("debug_traceBlockByHash");
  await pay([to], 5n);
  await chain.arrivals(await mined(), new Set([to]));
  expect(node.asked).toContain("debug_traceBlockByHash");
});

test("among 2,500 accounts the two are found that were paid", async () => {
  await using chain = connect(anvil.url);
  const many = Array.from({ length: 2_500 }, (_, place) => checksummed(place));
  const hash = await pay([many[999] ?? "", many[2_499] ?? ""], 3n);
  const arrived = await chain.arrivals(await mined(), new Set(many));
  expect(arrived).toEqual([nativeArrival(many[999] ?? "", 3n, hash), nativeArrival(many[2_499] ?? "", 3n, hash)]);
});

/** Addresses without letters have no checksum to compute. */
function checksummed(place: number): string {
  return `0x${String(10n ** 39n + BigInt(place))}`;
}
