import { Contract, JsonRpcProvider, Wallet } from "ethers";

const erc20 = [
  "function balanceOf(address) view returns (uint256)",
  "function allowance(address owner, address spender) view returns (uint256)",
  "function convertToAssets(uint256) view returns (uint256)",
  "function transfer(address to, uint256 amount) returns (bool)",
];

export type DemoChain = ReturnType<typeof createDemoChain>;

/** The chain as anybody sees it: read and written without the platform. */
export function createDemoChain(url: string) {
  const provider = new JsonRpcProvider(url, undefined, { pollingInterval: 200, cacheTimeout: -1 });
  const ask = async (to: string, name: string, ...given: readonly unknown[]): Promise<string> =>
    String(await new Contract(to, erc20, provider).getFunction(name)(...given));

  return {
    url,
    native: async (address: string) => String(await provider.getBalance(address)),
    /** How many transactions of an account have landed. */
    nonce: (address: string) => provider.getTransactionCount(address),
    balance: (token: string, address: string) => ask(token, "balanceOf", address),
    allowance: (token: string, owner: string, spender: string) => ask(token, "allowance", owner, spender),
    worth: (vault: string, shares: string) => ask(vault, "convertToAssets", shares),

    /** Sends from an account of one's own; resolves once it is mined. */
    async send(key: string, transaction: { to: string; value?: string }): Promise<string> {
      const sent = await new Wallet(key, provider).sendTransaction(transaction);
      await sent.wait();
      return sent.hash;
    },
    async sendToken(key: string, token: string, to: string, amount: string): Promise<string> {
      const sent = await new Contract(token, erc20, new Wallet(key, provider)).getFunction("transfer")(to, amount);
      await sent.wait();
      return sent.hash;
    },
    close: () => provider.destroy(),
  };
}
