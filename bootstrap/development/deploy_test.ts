import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Interface, id, verifyMessage } from "ethers";
import { amount, parseAccount } from "../../domains/shared/mod.ts";
import { readNetworks } from "../networks.ts";
import { rpc } from "./_rpc.ts";
import { developmentNames, developmentSigner } from "./accounts.ts";
import { type Chain, startChain } from "./anvil.ts";
import { type Compiled, compileContracts } from "./contracts.ts";
import { type Contracts, deployContracts, fund, mintYield } from "./deploy.ts";
import { developmentNetworks } from "./networks.ts";

const folder = mkdtempSync(join(tmpdir(), "lucent-deploy-"));
let chain: Chain;
let contracts: Contracts;
let cold: Promise<Compiled>;
beforeAll(async () => {
  cold = compileContracts(join(folder, "cache"));
  chain = await startChain({ folder, log: () => {} });
  const both = await Promise.all([deployContracts(chain.url), deployContracts(chain.url)]);
  expect(both[0]).toEqual(both[1]);
  contracts = both[0];
}, 30_000);
afterAll(async () => {
  await chain.stop();
  rmSync(folder, { recursive: true });
});

/** Its nonce counts what it created. */
const factory = "0x4e59b44847b379578588920cA78FbF26c0B4956C";
const user = parseAccount(developmentSigner("user").account)?.address as string;
const faces = new Interface([
  "function approve(address spender, uint256 amount)",
  "function balanceOf(address owner) view returns (uint256)",
  "function convertToAssets(uint256 shares) view returns (uint256)",
  "function decimals() view returns (uint8)",
  "function deposit(uint256 assets, address receiver)",
  "function redeem(uint256 shares, address receiver, address owner)",
  "function arm(bool on)",
  "function pass()",
  "function fail()",
  "function failOnceMined()",
]);

const coded = (to: string, name: string, ...args: unknown[]) => ({ to, data: faces.encodeFunctionData(name, args) });

async function ask(to: string, name: string, ...args: unknown[]): Promise<bigint> {
  const data = await rpc<string>(chain.url, "eth_call", [coded(to, name, ...args), "latest"]);
  return BigInt(data);
}

/** Sent together, mined in one block, in this order. */
async function outcomes(...calls: readonly ReturnType<typeof coded>[]): Promise<string[]> {
  const hashes: string[] = [];
  for (const call of calls) {
    hashes.push(await rpc<string>(chain.url, "eth_sendTransaction", [{ from: user, gas: "0x40000", ...call }]));
  }
  return await Promise.all(
    hashes.map(async (hash) => {
      for (;;) {
        const receipt = await rpc<{ status: string } | null>(chain.url, "eth_getTransactionReceipt", [hash]);
        if (receipt) return receipt.status === "0x1" ? "done" : "reverted";
        await Bun.sleep(20);
      }
    }),
  );
}

test("a second deployment finds the first and sends nothing", async () => {
  const waiting = () => rpc<Record<string, string>>(chain.url, "txpool_status");
  const made = () => rpc<string>(chain.url, "eth_getTransactionCount", [factory, "pending"]);
  const before = await made();
  expect(await deployContracts(chain.url)).toEqual(contracts);
  expect(await made()).toBe(before);
  expect(await waiting()).toEqual({ pending: "0x0", queued: "0x0" });
});

test("funds sent by several at once all arrive", async () => {
  const receiver = "0x00000000000000000000000000000000000000bb";
  await Promise.all(
    Array.from({ length: 5 }, () => fund(chain.url, contracts, receiver, { native: amount("3"), token: amount("2") })),
  );
  expect(BigInt(await rpc<string>(chain.url, "eth_getBalance", [receiver, "latest"]))).toBe(15n);
  expect(await ask(contracts.token, "balanceOf", receiver)).toBe(10n);
});

test("a deposit into the vault earns the yield that is minted, and is redeemed with it", async () => {
  const { token, vault } = contracts;
  const dollars = amount("1000000000");
  const native = await rpc<string>(chain.url, "eth_getBalance", [user, "latest"]);
  await fund(chain.url, contracts, user, { native: amount("5"), token: dollars });
  expect(BigInt(await rpc<string>(chain.url, "eth_getBalance", [user, "latest"])) - BigInt(native)).toBe(5n);
  expect([await ask(token, "decimals"), await ask(vault, "decimals")]).toEqual([6n, 9n]);
  const entered = await outcomes(coded(token, "approve", vault, dollars), coded(vault, "deposit", dollars, user));
  expect(entered).toEqual(["done", "done"]);
  const shares = await ask(vault, "balanceOf", user);
  expect(shares).toBe(BigInt(dollars) * 1_000n);
  expect(await ask(token, "balanceOf", user)).toBe(0n);
  await mintYield(chain.url, contracts, amount("50000000"));
  // Rounded down in the vault's favour.
  expect(await ask(vault, "convertToAssets", shares)).toBe(1_049_999_999n);
  expect(await outcomes(coded(vault, "redeem", shares, user, user))).toEqual(["done"]);
  expect(await ask(token, "balanceOf", user)).toBe(1_049_999_999n);
});

test("the tripwire reverts on demand, and always where it should", async () => {
  const { tripwire } = contracts;
  expect(await rpc<string>(chain.url, "eth_call", [coded(tripwire, "failOnceMined"), "latest"])).toBe("0x");
  const called = await outcomes(
    coded(tripwire, "pass"),
    coded(tripwire, "arm", true),
    coded(tripwire, "pass"),
    coded(tripwire, "arm", false),
    coded(tripwire, "pass"),
    coded(tripwire, "fail"),
    coded(tripwire, "failOnceMined"),
  );
  expect(called).toEqual(["done", "done", "reverted", "done", "done", "reverted", "reverted"]);
  await expect(rpc(chain.url, "eth_call", [coded(tripwire, "fail"), "latest"])).rejects.toThrow("Tripwire: always");
});

test("the finalized block is two behind the latest", async () => {
  const number = async (tag: string) =>
    Number((await rpc<{ number: string }>(chain.url, "eth_getBlockByNumber", [tag, false])).number);
  // A block may come between the two questions.
  expect([2, 3]).toContain((await number("latest")) - (await number("finalized")));
});

test("compileContracts() compiles the same sources once", async () => {
  const cache = join(folder, "cache");
  const compiled = await cold;
  expect(Object.keys(compiled)).toEqual(["Token", "Vault", "Tripwire"]);
  for (const code of Object.values(compiled)) expect(code).toMatch(/^0x6[0-9a-f]{500,}$/);
  const files = readdirSync(cache);
  expect(files.length).toBe(1);
  const started = performance.now();
  expect(await compileContracts(cache)).toEqual(compiled);
  expect(performance.now() - started).toBeLessThan(500);
  expect(readdirSync(cache)).toEqual(files);
});

test("development accounts are those of the well-known mnemonic, and sign by EIP-191", async () => {
  const signers = developmentNames.map((name) => developmentSigner(name));
  expect(Object.fromEntries(developmentNames.map((name, place) => [name, signers[place]?.account as string]))).toEqual({
    user: "eip155:31337:0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    admin: "eip155:31337:0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    approver: "eip155:31337:0x90F79bf6EB2c4f870365E785982E1f101E93b906",
  });
  for (const { account, sign } of signers) {
    const text = `I am ${id(account)}`;
    expect(verifyMessage(text, await sign(text))).toBe(parseAccount(account)?.address as string);
  }
});

test("developmentNetworks() are networks as the configuration takes them", () => {
  const networks = developmentNetworks("http://127.0.0.1:8545");
  const given = networks.map(({ id, name, symbol, decimals, final, rpc }) => ({
    id,
    name,
    symbol,
    decimals,
    final,
    rpc,
  }));
  expect(readNetworks(JSON.parse(JSON.stringify(given)))).toEqual(networks);
});
