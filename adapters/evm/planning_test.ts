import { afterAll, expect, test } from "bun:test";
import { amount } from "../../domains/shared/mod.ts";
import { ChainUnreachable } from "../../ports/mod.ts";
import { accountAt, callOf, connect, drive, freshAddress, startAnvil } from "./_chain_test.ts";
import { faultyNode, missing } from "./_faulty_node_test.ts";

const anvil = await startAnvil();
afterAll(anvil.stop);
const { deploy, mine, rpc, send } = drive(anvil.url);
const [me, friend] = [accountAt(1), freshAddress()];
const token = await deploy("Token");
await send(me, callOf(token, "mint", [me.address, 1_000]));
await mine();

const transfer = (to: string) => ({ ...callOf(token, "transfer", [to, 1]), value: amount("0") });

test("gas has headroom above the estimate, and suffices", async () => {
  await using chain = connect(anvil.url);
  const call = transfer(freshAddress());
  const estimate = BigInt(await rpc<string>("eth_estimateGas", { from: me.address, to: call.to, data: call.data }));
  const { gas } = await chain.simulate(me.address, call);
  expect(BigInt(gas)).toBe((estimate * 13n) / 10n + 30_000n);
  const hash = await send(me, { ...call, value: 0n }, BigInt(gas));
  await mine();
  expect((await chain.receipt(hash, me.address))?.outcome).toBe("success");
});

test.each([
  ["eth_simulateV1", { error: { code: -32000, message: "state is busy" } }],
  ["eth_simulateV1", { result: [] }],
  ["eth_simulateV1", { result: [{ calls: [] }] }],
  ["eth_simulateV1", { result: [{ calls: [{ status: "yes" }] }] }],
  ["eth_simulateV1", { result: null }],
  ["eth_estimateGas", { error: { code: -32000, message: "busy" } }],
  ["eth_estimateGas", { result: "lots" }],
  ["eth_feeHistory", { result: {} }],
  ["eth_feeHistory", { result: { baseFeePerGas: ["much"] } }],
] as const)("%s that answers %j is no plan", async (method, told) => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  node.meddle = (asked) => (asked === method ? told : undefined);
  const asked = async () => {
    await chain.simulate(me.address, transfer(friend));
    await chain.fees("normal");
  };
  await expect(asked()).rejects.toThrow(ChainUnreachable);
});

test("a call that no node can simulate is unreachable", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  node.meddle = (method) => (["eth_simulateV1", "debug_traceCall"].includes(method) ? missing : undefined);
  await expect(chain.simulate(me.address, transfer(friend))).rejects.toThrow(ChainUnreachable);
});

test("fees are twice the next block's base fee and a tip", async () => {
  await using chain = connect(anvil.url);
  await send(me, { to: friend, value: 1n });
  await mine();
  const { baseFeePerGas } = await rpc<{ baseFeePerGas: string[] }>("eth_feeHistory", "0x1", "latest", []);
  const { maxFeePerGas, maxPriorityFeePerGas } = await chain.fees("normal");
  expect(String(maxPriorityFeePerGas)).toBe("1000000000");
  expect(BigInt(maxFeePerGas)).toBe(BigInt(baseFeePerGas.at(-1) ?? 0) * 2n + 1_000_000_000n);
});

test("the tip is the median of what blocks paid that paid any, at the priority's percentile", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  const reward = [["0x0"], ["0x3"], ["0x64"], ["0x5"]];
  const asked: unknown[] = [];
  node.meddle = (method, params) => {
    if (method !== "eth_feeHistory") return undefined;
    asked.push(params[2]);
    return { result: { baseFeePerGas: ["0x1", "0x7"], reward } };
  };
  expect(await chain.fees("low")).toEqual({ maxFeePerGas: amount("19"), maxPriorityFeePerGas: amount("5") });
  await chain.fees("normal");
  await chain.fees("high");
  expect(asked).toEqual([[25], [50], [90]]);
});

test("where no block paid a tip, the node's own proposal is taken", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  node.meddle = (method) => {
    if (method === "eth_feeHistory") return { result: { baseFeePerGas: ["0x7"], reward: [["0x0"]] } };
    return method === "eth_maxPriorityFeePerGas" ? { result: "0x2" } : undefined;
  };
  expect(await chain.fees("high")).toEqual({ maxFeePerGas: amount("16"), maxPriorityFeePerGas: amount("2") });
});

test("minedNonce() counts what is mined, and not what waits", async () => {
  await using chain = connect(anvil.url);
  const from = accountAt(5);
  expect(await chain.minedNonce(from.address)).toBe(0);
  await send(from, { to: friend, value: 1n });
  expect(await chain.minedNonce(from.address)).toBe(0);
  await mine();
  expect(await chain.minedNonce(from.address)).toBe(1);
});
