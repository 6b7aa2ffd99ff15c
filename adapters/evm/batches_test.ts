import { afterAll, expect, test } from "bun:test";
import { ChainUnreachable } from "../../ports/mod.ts";
import { accountAt, connect, drive, freshAddress, startAnvil } from "./_chain_test.ts";
import { faultyNode } from "./_faulty_node_test.ts";
import { text } from "./_results.ts";
import { usual } from "./_timing.ts";

const anvil = await startAnvil();
afterAll(anvil.stop);
const { rpc } = drive(anvil.url);

const impatient = { ...usual, answer: 500, trace: 800 };
const rich = accountAt(3).address;
const hang = () => new Promise<never>(() => {});

test("what is asked at the same moment is one request, and each gets its own answer", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  await chain.head();
  const before = node.requests.length;
  const people = Array.from({ length: 120 }, () => freshAddress());
  await rpc("anvil_setNonce", people[77], "0x4d");
  const nonces = await Promise.all(people.map((address) => chain.minedNonce(address)));
  expect(nonces).toEqual(people.map((_, place) => (place === 77 ? 77 : 0)));
  expect(node.requests.length - before).toBe(3);
});

test("a node without batches is asked for one thing at a time", async () => {
  await using node = faultyNode(anvil.url);
  node.respond = (body) => {
    const error = { code: -32600, message: "batches are not supported" };
    return body.startsWith("[") ? Response.json({ jsonrpc: "2.0", id: null, error }) : undefined;
  };
  await using chain = connect(node.url);
  expect(await Promise.all([chain.minedNonce(rich), chain.minedNonce(rich)])).toEqual([0, 0]);
  const before = node.requests.length;
  await Promise.all([chain.minedNonce(rich), chain.minedNonce(rich)]);
  expect(node.requests.slice(before).map(({ isBatch }) => isBatch)).toEqual([false, false]);
});

test("one refusal for a whole batch does not mean that there are no batches", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  await chain.head();
  node.respond = () => Response.json({ jsonrpc: "2.0", id: null, error: { code: -32005, message: "slow down" } });
  const asked = await Promise.allSettled([chain.minedNonce(rich), chain.minedNonce(rich)]);
  expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  node.respond = () => undefined;
  const before = node.requests.length;
  await Promise.all([chain.minedNonce(rich), chain.minedNonce(rich), chain.minedNonce(rich)]);
  expect(node.requests.length - before).toBeLessThanOrEqual(2);
});

test("an answer that is missing in a batch fails alone", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  await chain.head();
  const [lucky, unlucky] = [freshAddress(), freshAddress()];
  node.respond = (body) => {
    const calls = JSON.parse(body) as { id: number; params: string[] }[];
    if (!Array.isArray(calls)) return undefined;
    const answered = calls.filter(({ params }) => params[0] === lucky);
    return Response.json(answered.map(({ id }) => ({ jsonrpc: "2.0", id, result: "0x5" })));
  };
  const [first, second] = await Promise.allSettled([chain.minedNonce(lucky), chain.minedNonce(unlucky)]);
  expect(first).toEqual({ status: "fulfilled", value: 5 });
  expect(second).toMatchObject({ status: "rejected", reason: expect.any(ChainUnreachable) });
});

test("answers that come in another order go to whom they belong", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  await chain.head();
  node.respond = (body) => {
    const calls = JSON.parse(body) as { id: number; params: string[] }[];
    const answers = calls.map(({ id, params }) => ({ jsonrpc: "2.0", id, result: params[0] === rich ? "0x7" : "0x5" }));
    return Response.json(answers.toReversed());
  };
  const people = [rich, freshAddress(), freshAddress()];
  expect(await Promise.all(people.map((address) => chain.minedNonce(address)))).toEqual([7, 5, 5]);
});

test("a trace that takes long holds up nothing that is asked at the same moment", async () => {
  await using node = faultyNode(anvil.url);
  node.meddle = (method) => (method.startsWith("debug_") ? hang() : undefined);
  await using chain = connect(node.url, { timing: impatient });
  await chain.head();
  const traced = chain.rpc(text, "debug_traceTransaction", "0x12").catch((error: unknown) => error);
  expect(await chain.minedNonce(rich)).toBe(0);
  expect(await traced).toBeInstanceOf(ChainUnreachable);
});
