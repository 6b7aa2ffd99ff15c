import { afterAll, expect, test } from "bun:test";
import { keccak256 } from "ethers";
import { ChainUnreachable } from "../../ports/mod.ts";
import { accountAt, connect, drive, freshAddress, startAnvil } from "./_chain_test.ts";
import { faultyNode } from "./_faulty_node_test.ts";

const anvil = await startAnvil();
afterAll(anvil.stop);
const { mine, mined, rpc, send, signed, balance } = drive(anvil.url);
const me = accountAt(1);

/** Signed bytes with a nonce and fees of one's own, in gwei. */
function bytes(nonce: number, gwei = 10n, to = freshAddress(), value = 1n) {
  const fees = { maxFeePerGas: gwei * 10n ** 9n, maxPriorityFeePerGas: gwei * 10n ** 8n };
  return me.signTransaction({ type: 2, chainId: 31337n, nonce, gasLimit: 21_000n, to, value, ...fees });
}

const nonceOf = async () => Number(await rpc<string>("eth_getTransactionCount", me.address, "latest"));

test("broadcast() sends bytes, and sending them again is no refusal: before they are mined, and after", async () => {
  await using chain = connect(anvil.url);
  const to = freshAddress();
  const raw = await signed(me, { to, value: 7n });
  expect(await chain.broadcast(raw)).toEqual({ sent: true });
  expect(await chain.broadcast(raw)).toEqual({ sent: true });
  expect(await chain.receipt(keccak256(raw), me.address)).toBeUndefined();
  await mine();
  expect(await chain.broadcast(raw)).toEqual({ sent: true });
  await mine();
  expect(await balance(to)).toBe(7n);
});

test("broadcast() refuses other bytes whose nonce is used, in the node's words", async () => {
  await using chain = connect(anvil.url);
  await send(me, { to: freshAddress(), value: 1n });
  await mine();
  expect(await chain.broadcast(await bytes((await nonceOf()) - 1))).toEqual({ sent: false, refused: "nonce too low" });
});

test("broadcast() refuses a replacement that pays too little", async () => {
  await using chain = connect(anvil.url);
  const nonce = await nonceOf();
  const first = await bytes(nonce, 10n);
  expect(await chain.broadcast(first)).toEqual({ sent: true });
  const cheaper = await chain.broadcast(await bytes(nonce, 9n));
  expect(cheaper).toEqual({ sent: false, refused: expect.stringContaining("underpriced") });
  await mine();
  expect((await chain.receipt(keccak256(first), me.address))?.outcome).toBe("success");
});

test("broadcast() of a replacement that pays more takes the place of the first one", async () => {
  await using chain = connect(anvil.url);
  const nonce = await nonceOf();
  const [first, second] = [await bytes(nonce, 10n), await bytes(nonce, 20n)];
  await chain.broadcast(first);
  expect(await chain.broadcast(second)).toEqual({ sent: true });
  await mine();
  expect((await chain.receipt(keccak256(second), me.address))?.outcome).toBe("success");
  expect(await chain.receipt(keccak256(first), me.address)).toBeUndefined();
});

test("broadcast() refuses what the account cannot pay, and what is no transaction", async () => {
  await using chain = connect(anvil.url);
  const dear = await bytes(await nonceOf(), 10n, freshAddress(), 10n ** 30n);
  expect(await chain.broadcast(dear)).toEqual({ sent: false, refused: expect.stringMatching(/insufficient funds/i) });
  expect((await chain.broadcast("0x1234")).sent).toBe(false);
});

test.each([
  "already known",
  "AlreadyKnown",
  "already_known",
  "known transaction: 0x12",
  "transaction already imported",
])("broadcast() takes %p for sent", async (message) => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  node.meddle = (method) => (method === "eth_sendRawTransaction" ? { error: { code: -32000, message } } : undefined);
  expect(await chain.broadcast(await bytes(await nonceOf()))).toEqual({ sent: true });
});

test("broadcast() sends on by the second node where the first one takes it and does not say so", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect([node.url, anvil.url]);
  const raw = await signed(me, { to: freshAddress(), value: 1n });
  node.meddle = async (method, params) => {
    if (method !== "eth_sendRawTransaction") return undefined;
    await rpc(method, ...params);
    return { error: { code: -32603, message: "timeout" } };
  };
  expect(await chain.broadcast(raw)).toEqual({ sent: true });
  await mine();
  expect((await chain.receipt(keccak256(raw), me.address))?.outcome).toBe("success");
});

test.each(["eth_sendRawTransaction", "eth_getTransactionByHash"])(
  "broadcast() concludes nothing while %s is not answered",
  async (silent) => {
    await using node = faultyNode(anvil.url);
    await using chain = connect(node.url);
    await send(me, { to: freshAddress(), value: 1n });
    await mine();
    const used = await bytes((await nonceOf()) - 1);
    node.meddle = (method) => (method === silent ? { error: { code: -32005, message: "limit" } } : undefined);
    await expect(chain.broadcast(used)).rejects.toThrow(ChainUnreachable);
  },
);

test("broadcast() takes nothing but the transaction itself for a sign that the node has it", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  await send(me, { to: freshAddress(), value: 1n });
  await mine();
  const used = await bytes((await nonceOf()) - 1);
  for (const result of [{}, [], "0x1", true]) {
    node.meddle = (method) => (method === "eth_getTransactionByHash" ? { result } : undefined);
    await expect(chain.broadcast(used)).rejects.toThrow(ChainUnreachable);
  }
});

test("receipt() tells block, outcome and fee", async () => {
  await using chain = connect(anvil.url);
  const hash = await send(me, { to: freshAddress(), value: 1n });
  expect(await chain.receipt(hash, me.address)).toBeUndefined();
  const { number, hash: block } = await mined();
  const raw = await rpc<{ gasUsed: string; effectiveGasPrice: string }>("eth_getTransactionReceipt", hash);
  const fee = BigInt(raw.gasUsed) * BigInt(raw.effectiveGasPrice);
  const receipt = await chain.receipt(hash, me.address);
  expect(receipt).toMatchObject({ hash, block: { number, hash: block }, outcome: "success" });
  expect(String(receipt?.fee)).toBe(String(fee));
});

test("receipt() is undefined again once the block is reorganised away", async () => {
  await using chain = connect(anvil.url);
  const hash = await send(me, { to: freshAddress(), value: 1n });
  await mine();
  expect(await chain.receipt(hash, me.address)).toBeDefined();
  await rpc("anvil_reorg", 1, []);
  await rpc("anvil_dropAllTransactions");
  expect(await chain.receipt(hash, me.address)).toBeUndefined();
});

test("the fee of an OP Stack chain has a part for the chain below", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  const hash = await send(me, { to: freshAddress(), value: 1n });
  await mine();
  const plain = await chain.receipt(hash, me.address);
  const raw = await rpc<object>("eth_getTransactionReceipt", hash);
  node.meddle = (method) =>
    method === "eth_getTransactionReceipt" ? { result: { ...raw, l1Fee: "0x64" } } : undefined;
  const { fee } = (await chain.receipt(hash, me.address)) ?? {};
  expect(BigInt(fee ?? 0) - BigInt(plain?.fee ?? 0)).toBe(100n);
});

test.each([
  { error: { code: -32000, message: "busy" } },
  { result: {} },
  { result: [] },
  { result: { status: "0x1" } },
  { result: "0x1" },
])("a receipt that is none is unreachable, not absent: %j", async (told) => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  const hash = await send(me, { to: freshAddress(), value: 1n });
  await mine();
  node.meddle = (method) => (method === "eth_getTransactionReceipt" ? told : undefined);
  await expect(chain.receipt(hash, me.address)).rejects.toThrow(ChainUnreachable);
});
