import { randomBytes } from "node:crypto";
import { SigningKey } from "ethers/crypto";
import { Transaction } from "ethers/transaction";
import type { Account, Keys, Network, UnsignedTransaction } from "../../domains/wallet/mod.ts";
import type { RecordStore, Sealed, SealedKind, Vault } from "../../ports/mod.ts";
import { accountOn, deriveKey, pathOn } from "./_derivation.ts";
import { entropyLength, seedFrom } from "./_seed.ts";

/** The 256 bits behind a wallet's 24 words, sealed for `wallet/<id>/seed/1`. */
export type SealedSeed = { readonly sealed: Sealed };

export const seedKind: SealedKind<SealedSeed> = {
  name: "seed",
  indexes: [],
  resealed: async ({ id, value: { sealed } }, again) => ({ sealed: await again(purposeOf(id), sealed) }),
};

type KeysOptions = {
  readonly vault: Vault;
  readonly seeds: RecordStore<SealedSeed>;
  readonly networks: readonly Network[];
};

/**
 * Keys in this process, their seeds sealed by a vault.
 *
 * What is sealed is BIP-39 entropy, not the seed made of it: from its 24 words any other wallet finds the same accounts, should
 * Lucent be gone. What was opened is overwritten after use; copies that the runtime made may stay in memory until collected.
 */
export function createKeys({ vault, seeds, networks }: KeysOptions): Keys {
  // A network that can't be derived on is a mistake of the configuration: told at start, not at the first wallet.
  for (const network of networks) pathOn(network);

  /** Lends the wallet's seed for the time of one use. It is read back from the store even when it was just made. */
  async function withSeed<T>(wallet: string, sealed: Sealed, use: (seed: Uint8Array) => T): Promise<T> {
    const entropy = await vault.open(purposeOf(wallet), sealed);
    try {
      const seed = seedFrom(entropy);
      try {
        return use(seed);
      } finally {
        seed.fill(0);
      }
    } finally {
      entropy.fill(0);
    }
  }

  async function make(wallet: string): Promise<void> {
    const entropy = randomBytes(entropyLength);
    try {
      const sealed = await vault.seal(purposeOf(wallet), entropy);
      // On conflict another one made it first: the seed that is stored counts, and this one was never used.
      await seeds.put(wallet, { sealed }, 0);
    } finally {
      entropy.fill(0);
    }
  }

  async function stored(wallet: string): Promise<Sealed> {
    const record = await seeds.get(wallet);
    if (!record) throw new Error(`Cannot use the keys of wallet "${wallet}": it has no seed`);
    return record.value.sealed;
  }

  return {
    async create(wallet) {
      if (!(await seeds.get(wallet))) await make(wallet);
      // A seed that does not open again must not be given addresses: money would be sent to them.
      return await withSeed(wallet, await stored(wallet), (seed) => networks.map((each) => accountOn(each, seed)));
    },

    async sign(wallet, account, transaction) {
      const network = signingNetwork(networks, account, transaction);
      return await withSeed(wallet, await stored(wallet), (seed) => {
        const { address, privateKey } = deriveKey(network, seed);
        try {
          if (address !== account.address)
            throw new Error(`Cannot sign for ${account.account}: wallet "${wallet}" has another account there`);
          return signWith(privateKey, transaction);
        } finally {
          privateKey.fill(0);
        }
      });
    },
  };
}

/** What a wallet's entropy is sealed for. */
export function purposeOf(wallet: string): string {
  return `wallet/${wallet}/seed/1`;
}

function signingNetwork(networks: readonly Network[], account: Account, transaction: UnsignedTransaction): Network {
  const network = networks.find(({ id }) => id === account.network);
  if (network?.family !== "evm") throw new Error(`Cannot sign for ${account.account}: it is on no EVM network of ours`);
  if (transaction.network !== network.id)
    throw new Error(`Cannot sign for ${account.account}: the transaction is for ${transaction.network}`);
  return network;
}

/** EIP-1559, with the nonce of RFC 6979: the same transaction is signed to the same bytes. */
function signWith(privateKey: Uint8Array, unsigned: UnsignedTransaction) {
  const { network, nonce, to, value, data, gas, maxFeePerGas, maxPriorityFeePerGas } = unsigned;
  const chainId = network.slice("eip155:".length);
  const fees = { gasLimit: gas, maxFeePerGas, maxPriorityFeePerGas };
  const transaction = Transaction.from({ type: 2, chainId, nonce, to, value, data, ...fees });
  transaction.signature = new SigningKey(privateKey).sign(transaction.unsignedHash);
  return { raw: transaction.serialized, hash: transaction.hash as string };
}
