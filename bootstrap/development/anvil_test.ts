import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEvmChain } from "../../adapters/evm/mod.ts";
import { commandOf } from "./_anvil_process.ts";
import { rpc } from "./_rpc.ts";
import { startChain } from "./anvil.ts";
import { developmentNetworks } from "./networks.ts";

const folders: string[] = [];
const anvil = (folder: string) => Number(readFileSync(join(folder, "chain", "pid"), "utf8"));
afterAll(async () => {
  for (const folder of folders) {
    if (existsSync(join(folder, "chain", "pid")) && alive(anvil(folder))) process.kill(anvil(folder), "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "lucent-chain-"));
  folders.push(folder);
  return folder;
}

const start = (folder: string, port?: number) => startChain({ folder, log: () => {}, ...(port && { port }) });

const alive = (pid: number) => commandOf(pid) !== "";

async function until(wanted: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await wanted())) await Bun.sleep(20);
}

type Block = { readonly number: string; readonly hash: string };
const block = (url: string, tag: string) => rpc<Block | null>(url, "eth_getBlockByNumber", [tag, false]);
const hasBlock = (url: string, tag: string, number: number) => async () =>
  Number((await block(url, tag))?.number) >= number;

const sender = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const receiver = "0x00000000000000000000000000000000000000Aa";

async function pay(url: string): Promise<string> {
  const hash = await rpc<string>(url, "eth_sendTransaction", [{ from: sender, to: receiver, value: "0x7" }]);
  await until(async () => (await rpc(url, "eth_getTransactionReceipt", [hash])) !== null);
  return hash;
}

test.concurrent("the chain outlives SIGKILL of the process group that started it, and is found again", async () => {
  const folder = freshFolder();
  const script = `
    import { startChain } from "${join(import.meta.dir, "anvil.ts")}";
    console.log(JSON.stringify(await startChain({ folder: "${folder}", log: () => {} })));
    await Bun.sleep(1_000_000);`;
  const starter = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", detached: true });
  const reader = starter.stdout.getReader();
  const { value } = await reader.read();
  const first: { url: string; pid: number } = JSON.parse(new TextDecoder().decode(value));
  const hash = await pay(first.url);
  process.kill(-starter.pid, "SIGKILL");
  await starter.exited;
  const again = await start(folder);
  expect([again.url, again.pid]).toEqual([first.url, first.pid]);
  expect(await rpc(again.url, "eth_getTransactionReceipt", [hash])).not.toBeNull();
  await again.stop();
  expect(alive(first.pid)).toBe(false);
});

test.concurrent("final blocks and their transactions survive SIGKILL of the chain itself, in the middle of a dump", async () => {
  const folder = freshFolder();
  const first = await start(folder);
  const hash = await pay(first.url);
  const receipt = await rpc<{ blockNumber: string }>(first.url, "eth_getTransactionReceipt", [hash]);
  await until(hasBlock(first.url, "finalized", Number(receipt.blockNumber)));
  const [genesis, final] = [await block(first.url, "0x0"), (await block(first.url, "finalized")) as Block];
  process.kill(first.pid, "SIGKILL");
  await until(() => !alive(first.pid));
  writeFileSync(join(folder, "chain", "dump.json"), '{"block":{"number":"0x3",');
  const again = await start(folder);
  expect(again.pid).not.toBe(first.pid);
  expect(again.url).toBe(first.url);
  expect(await block(again.url, "0x0")).toEqual(genesis);
  expect((await block(again.url, final.number))?.hash).toBe(final.hash);
  expect(await rpc<object>(again.url, "eth_getTransactionReceipt", [hash])).toEqual(receipt);
  expect(await rpc<string>(again.url, "eth_getBalance", [receiver, "latest"])).toBe("0x7");
  await again.stop();
});

test.concurrent("stop() writes the state and leaves no process; the next start goes on where it ended", async () => {
  const folder = freshFolder();
  const first = await start(folder);
  await pay(first.url);
  const latest = (await block(first.url, "latest")) as Block;
  await first.stop();
  expect(alive(first.pid)).toBe(false);
  await expect(rpc(first.url, "eth_chainId", [], 1_000)).rejects.toThrow();
  await first.stop();
  const again = await start(folder);
  expect((await block(again.url, latest.number))?.hash).toBe(latest.hash);
  await again.stop();
});

test.concurrent("what transactions of one block changed can still be told after the next start", async () => {
  const folder = freshFolder();
  const first = await start(folder);
  await rpc(first.url, "evm_setAutomine", [false]);
  const payment = { from: sender, to: receiver, value: "0x7" };
  const send = () => rpc<string>(first.url, "eth_sendTransaction", [payment]);
  const hashes = [await send(), await send()];
  await rpc(first.url, "evm_mine");
  await first.stop();
  const again = await start(folder);
  const [network] = developmentNetworks(again.url);
  if (!network) throw new Error("There is no local network");
  await using chain = createEvmChain({ network, urls: [again.url], log: () => {} });
  const receipts = await Promise.all(hashes.map((hash) => chain.receipt(hash, sender)));
  expect(new Set(receipts.map((receipt) => receipt?.block.hash)).size).toBe(1);
  expect(receipts.map((receipt) => BigInt(receipt?.effects[0]?.delta ?? 0) + BigInt(receipt?.fee ?? 0))).toEqual([
    -7n,
    -7n,
  ]);
  await again.stop();
});

test.concurrent("another program on the chain's port is not taken for it, and is left alone", async () => {
  const folder = freshFolder();
  const first = await start(folder);
  await first.stop();
  const port = Number(new URL(first.url).port);
  let asked = 0;
  const answer = () => {
    asked++;
    return Response.json({ jsonrpc: "2.0", id: 1, result: "0x7a69" });
  };
  await until(() =>
    fetch(first.url).then(
      () => false,
      () => true,
    ),
  );
  using stranger = Bun.serve({ hostname: "127.0.0.1", port, fetch: answer });
  // The pid of a program that is not anvil, as after a reboot.
  writeFileSync(join(folder, "chain", "pid"), `${process.pid}`);
  const again = await start(folder);
  expect(again.url).not.toBe(first.url);
  expect(asked).toBe(0);
  expect((await block(again.url, "0x0"))?.number).toBe("0x0");
  await again.stop();
  await expect(start(freshFolder(), stranger.port)).rejects.toThrow(`another program uses port ${port}`);
});

test.concurrent("a chain that does not start says why", async () => {
  const folder = freshFolder();
  const first = await start(folder);
  await until(hasBlock(first.url, "latest", 1));
  await first.stop();
  for (const name of ["state.json", "earlier.json"]) {
    writeFileSync(join(folder, "chain", name), '{"no":"state","historical_states":null}');
  }
  await expect(start(folder)).rejects.toThrow(/Cannot start the development chain: .*state/i);
});
