import { Ajv } from "ajv";
import { accountsOf, openEntropy, type SealedSeed } from "../../adapters/custody/mod.ts";
import type { UserId } from "../../domains/shared/mod.ts";
import type { Account, Family, walletKind } from "../../domains/wallet/mod.ts";
import { type AggregateStore, allOf, type RecordStore, type Vault } from "../../ports/mod.ts";

/** Whose wallet it is; a wallet without an owner was made ahead, and may have got one after the backup. */
export type Owner = { readonly user: UserId; readonly label: string; readonly accounts: readonly Account[] };

type Head = { readonly type: "lucent-wallets"; readonly version: 1; readonly backup: string; readonly at: string };
type WalletLine = { readonly type: "wallet"; readonly id: string; readonly entropy: string; readonly owner?: Owner };
type End = { readonly type: "end"; readonly wallets: number };

/** A backup that is not whole, or not what it says. */
export class BadBackup extends Error {
  override readonly name = "BadBackup";
}

export type WalletStore = AggregateStore<typeof walletKind.initial, Parameters<typeof walletKind.evolve>[1]>;

type Source = {
  readonly vault: Vault;
  readonly seeds: RecordStore<SealedSeed>;
  readonly wallets: WalletStore;
  readonly backup: string;
  readonly at: string;
};

/** A backup's lines, in clear: what they hold goes nowhere but into the encryption. Every seed is among them. */
export async function* linesOf({ vault, seeds, wallets, backup, at }: Source): AsyncGenerator<string> {
  const line = (value: Head | WalletLine | End) => `${JSON.stringify(value)}\n`;
  yield line({ type: "lucent-wallets", version: 1, backup, at });
  let count = 0;
  for await (const stored of allOf((place) => seeds.find({ where: {}, limit: 200, ...place }))) {
    const bytes = await openEntropy(vault, stored);
    const entropy = Buffer.from(bytes).toString("base64url");
    bytes.fill(0);
    // After the seed, whose wallet may be given to somebody at any time.
    const { state } = await wallets.load(stored.id);
    const owner = state.status === "open" && { user: state.user, label: state.label, accounts: state.accounts };
    yield line({ type: "wallet", id: stored.id, entropy, ...(owner && { owner }) });
    count++;
  }
  yield line({ type: "end", wallets: count });
}

export type ArchivedWallet = { readonly id: string; readonly entropy: Uint8Array; readonly owner?: Owner };

/** Reads lines back; hands over each wallet whose accounts follow from its seed. Answers what the backup is, once it was whole. */
export async function readLines(
  texts: AsyncIterable<string>,
  take: (wallet: ArchivedWallet) => Promise<void>,
): Promise<{ readonly backup: string; readonly at: string; readonly wallets: number }> {
  let head: Head | undefined;
  let end: End | undefined;
  let wallets = 0;
  for await (const text of split(texts)) {
    const value = parsed(text);
    if (end) throw new BadBackup("something follows its end");
    if (!head) {
      if (!isHead(value)) throw new BadBackup("it is no backup of wallets that this release knows");
      head = value;
    } else if (isEnd(value)) end = value;
    else if (isWallet(value)) {
      wallets++;
      await handOver(value, take);
    } else throw new BadBackup(`line ${wallets + 2} is none of a backup's`);
  }
  if (!head || end?.wallets !== wallets) throw new BadBackup("it ends before its end");
  return { backup: head.backup, at: head.at, wallets };
}

async function handOver({ id, entropy: text, owner }: WalletLine, take: (wallet: ArchivedWallet) => Promise<void>) {
  const entropy = new Uint8Array(Buffer.from(text, "base64url"));
  try {
    if (owner && !hasAccounts(entropy, owner.accounts)) throw new BadBackup(`wallet "${id}" has other accounts`);
    await take({ id, entropy, ...(owner && { owner }) });
  } finally {
    entropy.fill(0);
  }
}

function hasAccounts(entropy: Uint8Array, accounts: readonly Account[]): boolean {
  const derived = accountsOf(
    entropy,
    accounts.map(({ network, family }) => ({ id: network, family })),
  );
  return accounts.every(({ account, path }, place) => {
    const found = derived[place];
    return found?.account === account && found.path === path;
  });
}

async function* split(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of texts) {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") throw new BadBackup("its last line is cut short");
}

/** What a parser says may quote what it read. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadBackup("a line of it is no JSON");
  }
}

const text = { type: "string", minLength: 1 } as const;
const families: readonly Family[] = ["evm", "solana", "bitcoin"];
const account = {
  type: "object",
  required: ["account", "network", "family", "address", "path"],
  properties: { account: text, network: text, family: { enum: families }, address: text, path: text },
};
const owner = {
  type: "object",
  required: ["user", "label", "accounts"],
  properties: { user: text, label: { type: "string" }, accounts: { type: "array", items: account } },
};

const ajv = new Ajv({ strict: true });
const isHead = ajv.compile<Head>({
  type: "object",
  required: ["type", "version", "backup", "at"],
  properties: { type: { const: "lucent-wallets" }, version: { const: 1 }, backup: text, at: text },
});
const isWallet = ajv.compile<WalletLine>({
  type: "object",
  required: ["type", "id", "entropy"],
  properties: { type: { const: "wallet" }, id: text, entropy: { type: "string", pattern: "^[\\w-]{43}$" }, owner },
});
const isEnd = ajv.compile<End>({
  type: "object",
  required: ["type", "wallets"],
  properties: { type: { const: "end" }, wallets: { type: "integer", minimum: 0 } },
});
