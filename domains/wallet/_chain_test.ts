import {
  type AccountId,
  type Amount,
  type AssetId,
  amount,
  delta,
  type Instant,
  type NetworkId,
} from "../shared/mod.ts";
import { codec } from "./_abi_test.ts";
import type { Account, Block, Call, Effect, EvmChain, Keys, Network, UnsignedTransaction } from "./chain.ts";

export const evm: Network = {
  ...{ id: "eip155:31337" as NetworkId, name: "Local", family: "evm", symbol: "ETH", decimals: 18, final: 2 },
  nativeAsset: "eip155:31337/slip44:60" as AssetId,
};
export const native = evm.nativeAsset;
export const usdContract = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
export const vaultContract = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512";
export const usd = `${evm.id}/erc20:${usdContract}` as AssetId;
export const shares = `${evm.id}/erc20:${vaultContract}` as AssetId;

const gasPrice = 10n;
const gasUsed = 50_000n;

type Movement = { from: string; to: string; asset: string; amount: bigint };
type Sent = { raw: string; hash: string; from: string; nonce: number; call: Call };
type Mined = {
  hash: string;
  from: string;
  nonce: number;
  movements: Movement[];
  outcome: "success" | "reverted";
  fee: bigint;
};
type Stored = Block & { mined: Mined[]; balances: Map<string, bigint>; nonces: Map<string, number> };

const depositCall = "function deposit(uint256 assets, address receiver) returns (uint256)";
const transferCall = "function transfer(address to, uint256 amount) returns (bool)";
const approveCall = "function approve(address spender, uint256 amount) returns (bool)";

/** A chain in memory: tokens that transfer, a vault that gives a share a unit; reorgs at will. */
export function createFakeChain() {
  let fork = 0;
  const genesis: Stored = {
    number: 0,
    hash: "0x0-0",
    parent: "",
    at: at(0),
    mined: [],
    balances: new Map(),
    nonces: new Map(),
  };
  const blocks: Stored[] = [genesis];
  let pool: Sent[] = [];
  let foreign: Movement[] = [];
  let serial = 0;
  const watching = new Set<() => void>();
  const tip = () => blocks.at(-1) as Stored;

  function mine(count = 1): void {
    for (let index = 0; index < count; index++) mineOne();
    for (const tell of watching) tell();
  }

  function mineOne(): void {
    const number = tip().number + 1;
    const balances = new Map(tip().balances);
    const nonces = new Map(tip().nonces);
    const mined: Mined[] = [];
    for (const movement of foreign) {
      serial++;
      balances.set(key(movement.to, movement.asset), has(balances, movement.to, movement.asset) + movement.amount);
      mined.push({
        ...{ hash: `0xf${serial}`, from: movement.from, nonce: 0, outcome: "success", fee: 0n },
        movements: [movement],
      });
    }
    foreign = [];
    for (const sent of pool.toSorted((a, b) => a.nonce - b.nonce)) {
      if ((nonces.get(sent.from) ?? 0) !== sent.nonce) continue;
      nonces.set(sent.from, sent.nonce + 1);
      mined.push(execute(sent, balances));
    }
    pool = pool.filter(({ from, nonce }) => (nonces.get(from) ?? 0) <= nonce);
    blocks.push({ number, hash: `0x${number}-${fork}`, parent: tip().hash, at: at(number), mined, balances, nonces });
  }

  function execute({ hash, from, nonce, call }: Sent, balances: Map<string, bigint>): Mined {
    const fee = gasUsed * gasPrice;
    const movements = movementsOf(from, call);
    move(balances, { from, to: "miner", asset: native, amount: fee });
    const fits = fitsIn(movements, balances);
    for (const each of fits ? (movements ?? []) : []) move(balances, each);
    return { hash, from, nonce, fee, outcome: fits ? "success" : "reverted", movements: fits ? (movements ?? []) : [] };
  }

  /** Drops blocks; what was in them waits again, unless it is lost. Then the chain grows past its old height. */
  function reorg(depth: number, lost = false): void {
    fork++;
    const dropped = blocks.splice(blocks.length - depth);
    if (!lost) {
      for (const { mined } of dropped)
        for (const { hash } of mined) pool.push(...all.filter((sent) => sent.hash === hash));
    }
    mine(depth + 1);
  }

  const all: Sent[] = [];
  const balance = (address: string, asset: string) => has(tip().balances, address, asset);

  const chain: EvmChain = {
    network: evm,
    head: async () => ({ latest: tip(), final: tip().number - Number(evm.final) }),
    block: async (number) => blocks.find((block) => block.number === number),
    async arrivals({ hash }, addresses) {
      const mined = blocks.find((block) => block.hash === hash)?.mined ?? [];
      return mined.flatMap(({ hash, movements }) =>
        movements.flatMap(({ to, asset, amount: moved }, log) =>
          addresses.has(to)
            ? [{ account: `${evm.id}:${to}` as AccountId, asset: asset as AssetId, amount: amount(moved), hash, log }]
            : [],
        ),
      );
    },
    watch(tell) {
      watching.add(tell);
      return { [Symbol.asyncDispose]: async () => void watching.delete(tell) };
    },
    async simulate(from, call) {
      const balances = new Map(tip().balances);
      const before = new Map(balances);
      const movements = movementsOf(from, call);
      const fits = fitsIn(movements, balances);
      for (const each of fits ? (movements ?? []) : []) move(balances, each);
      const approved = codec.decode(approveCall, call.data);
      const [spender, allowed] = [approved?.[0]?.value ?? "", approved?.[1]?.value ?? "0"];
      return {
        ...{ outcome: fits ? "success" : "reverted", reason: fits ? "" : "ERC20: transfer amount exceeds balance" },
        effects: effectsOf(from, before, balances),
        allowances: approved
          ? [{ asset: `${evm.id}/erc20:${call.to}` as AssetId, spender, amount: amount(allowed) }]
          : [],
        gas: amount(60_000n),
      };
    },
    fees: async () => ({ maxFeePerGas: amount(2n * gasPrice), maxPriorityFeePerGas: amount(1n) }),
    minedNonce: async (address) => tip().nonces.get(address) ?? 0,
    async broadcast(raw) {
      const sent = read(raw);
      if ((tip().nonces.get(sent.from) ?? 0) > sent.nonce) return { sent: false, refused: "nonce too low" };
      const rival = pool.find(({ from, nonce }) => from === sent.from && nonce === sent.nonce);
      if (rival && rival.hash !== sent.hash) return { sent: false, refused: "replacement transaction underpriced" };
      if (!rival) pool.push(sent);
      if (!all.some(({ hash }) => hash === sent.hash)) all.push(sent);
      return { sent: true };
    },
    async receipt(hash, from) {
      for (const [place, block] of blocks.entries()) {
        const found = block.mined.find((each) => each.hash === hash);
        if (!found) continue;
        const before = new Map(blocks[place - 1]?.balances);
        const after = new Map(before);
        move(after, { from, to: "miner", asset: native, amount: found.fee });
        for (const each of found.movements) move(after, each);
        const { number } = block;
        const effects = effectsOf(from, before, after);
        return { hash, block: { number, hash: block.hash }, outcome: found.outcome, fee: amount(found.fee), effects };
      }
      return undefined;
    },
  };

  return {
    chain,
    mine,
    reorg,
    balance,
    /** Somebody sends something, in the next block. */
    fund: (to: string, asset: string, value: bigint, from = "stranger") =>
      foreign.push({ from, to, asset, amount: value }),
    /** The nodes forget what is not mined. */
    forget: () => {
      pool = [];
    },
    landed: () => blocks.flatMap(({ mined }) => mined).filter(({ hash }) => all.some((sent) => sent.hash === hash)),
    /** Every transaction that any node was ever handed. */
    handed: () => all,
    height: () => tip().number,
  };
}

export type FakeChain = ReturnType<typeof createFakeChain>;

function movementsOf(from: string, { to, value, data }: Call): Movement[] | undefined {
  const paid: Movement[] = value === "0" ? [] : [{ from, to, asset: native, amount: BigInt(value) }];
  if (data === "0x") return paid;
  const sent = codec.decode(transferCall, data);
  const asset = `${evm.id}/erc20:${to}`;
  if (sent) return [{ from, to: sent[0]?.value ?? "", asset, amount: BigInt(sent[1]?.value ?? 0) }];
  if (codec.decode(approveCall, data)) return [];
  const deposited = to === vaultContract ? codec.decode(depositCall, data) : undefined;
  if (!deposited) return undefined;
  const assets = BigInt(deposited[0]?.value ?? 0);
  return [
    { from, to: vaultContract, asset: usd, amount: assets },
    { from: "mint", to: deposited[1]?.value ?? "", asset: shares, amount: assets },
  ];
}

/** Whether everyone has what they give. Undefined movements are those of a call that no contract takes. */
function fitsIn(movements: Movement[] | undefined, balances: Map<string, bigint>): boolean {
  return (
    movements?.every(({ from, asset, amount }) => from === "mint" || has(balances, from, asset) >= amount) ?? false
  );
}

function move(balances: Map<string, bigint>, { from, to, asset, amount }: Movement): void {
  if (from !== "mint") balances.set(key(from, asset), has(balances, from, asset) - amount);
  balances.set(key(to, asset), has(balances, to, asset) + amount);
}

function effectsOf(from: string, before: Map<string, bigint>, after: Map<string, bigint>): Effect[] {
  return [native, usd, shares].flatMap((asset) => {
    const change = has(after, from, asset) - has(before, from, asset);
    return change === 0n ? [] : [{ account: `${evm.id}:${from}` as AccountId, asset, delta: delta(change) }];
  });
}

const key = (address: string, asset: string) => `${address}|${asset}`;
const has = (balances: Map<string, bigint>, address: string, asset: string) => balances.get(key(address, asset)) ?? 0n;
const at = (number: number) => new Date(Date.UTC(2026, 10, 23) + number * 1000).toISOString() as Instant;

function read(raw: string): Sent {
  const { from, nonce, to, value, data } = JSON.parse(raw) as UnsignedTransaction & { from: string };
  return { raw, hash: hashOf(raw), from, nonce, call: { to, value, data } };
}

function hashOf(raw: string): string {
  return `0x${new Bun.CryptoHasher("sha256").update(raw).digest("hex")}`;
}

/** Keys that derive an account from the wallet's name, and sign by writing the transaction down. */
export const fakeKeys: Keys = {
  async create(wallet) {
    return [accountOf(wallet)];
  },
  async sign(wallet, { address }, transaction) {
    if (address !== accountOf(wallet).address) throw new Error("not its account");
    const raw = JSON.stringify({ from: address, ...transaction });
    return { raw, hash: hashOf(raw) };
  },
};

export function accountOf(wallet: string): Account {
  const hex = new Bun.CryptoHasher("sha256").update(wallet).digest("hex").slice(0, 40);
  const address = codec.decode("function it(address it)", codec.encode("function it(address it)", [`0x${hex}`]))?.[0]
    ?.value;
  const account = `${evm.id}:${address}` as AccountId;
  return { account, network: evm.id, family: "evm", address: address ?? "", path: "m/44'/60'/0'/0/0" };
}

export const gasFee: Amount = amount(gasUsed * gasPrice);
