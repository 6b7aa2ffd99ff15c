import { afterAll, expect, test } from "bun:test";
import { ChainUnreachable } from "../../ports/mod.ts";
import { accountAt, connect, startAnvil, until } from "./_chain_test.ts";
import { faultyNode } from "./_faulty_node_test.ts";
import { usual } from "./_timing.ts";

const anvil = await startAnvil();
afterAll(anvil.stop);

const impatient = { ...usual, answer: 500, trace: 800 };
const rich = accountAt(3).address;
const hang = () => new Promise<never>(() => {});

test("a WebSocket is opened again after it was lost", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url.replace("http", "ws"));
  await chain.head();
  expect(node.connections()).toBe(1);
  node.hangUp();
  await until(() => node.connections() === 0);
  await until(() =>
    chain.head().then(
      () => true,
      () => false,
    ),
  );
  expect(node.connections()).toBe(1);
});

test("what waits for a WebSocket that is lost fails at once", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url.replace("http", "ws"));
  await chain.head();
  node.meddle = hang;
  const asked = chain.minedNonce(rich).catch((error: unknown) => error);
  await until(() => node.asked.at(-1) === "eth_getTransactionCount");
  node.hangUp();
  expect(await asked).toBeInstanceOf(ChainUnreachable);
});

test("a WebSocket on which an answer is overdue is given up for a new one", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url.replace("http", "ws"), { timing: impatient });
  await chain.head();
  node.meddle = hang;
  await expect(chain.minedNonce(rich)).rejects.toThrow(`No answer in ${impatient.answer} ms`);
  node.meddle = () => undefined;
  await until(() => node.connections() === 0);
  expect(await chain.minedNonce(rich)).toBe(0);
  expect(node.connections()).toBe(1);
});

test("what a WebSocket says that nobody asked for does no harm", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url.replace("http", "ws"));
  await chain.head();
  for (const message of ["", "{", "5", "null", "[]", '"text"', "{}", '{"id":7}', '{"id":"1","result":1}'])
    node.push(message);
  expect(await chain.minedNonce(rich)).toBe(0);
});

test.each(["http", "ws"])("after it was disposed, nothing is asked any more (%s)", async (scheme) => {
  await using node = faultyNode(anvil.url);
  const chain = connect(node.url.replace("http", scheme));
  await chain.head();
  node.meddle = hang;
  const waiting = chain.minedNonce(rich).catch((error: unknown) => error);
  await until(() => node.asked.at(-1) === "eth_getTransactionCount");
  await chain[Symbol.asyncDispose]();
  expect(await waiting).toBeInstanceOf(ChainUnreachable);
  const { length } = node.asked;
  await expect(chain.head()).rejects.toThrow("its connections were closed");
  expect(node.asked.length).toBe(length);
  expect(chain.logged).toEqual([]);
});
