import { Wallet } from "ethers";
import { amount } from "../../domains/shared/mod.ts";
import { type Client, call, signIn } from "../client.ts";
import { localSigner } from "../development/accounts.ts";
import { fund } from "../development/deploy.ts";
import { holds, part, refused, type Stage, same, tell } from "./stage.ts";
import { until } from "./until.ts";

/** Somebody new, with an account of their own and a wallet that the platform keeps for them. */
export type Investor = {
  readonly client: Client;
  /** The account that they signed in with, and its key. */
  readonly own: string;
  readonly key: string;
  readonly wallet: string;
  /** The wallet's address on the local chain. */
  readonly address: string;
};

export type Balance = { asset: string; final: string; pending: string; held: string; available: string };
type Account = { account: string; family: string; address: string; path: string };

/** What they have, and what of it they send to their wallet: one ether for fees, 5,000 dollars to invest. */
const owned = { native: amount("3000000000000000000"), token: amount("6000000000") };
export const sent = { native: "1000000000000000000", token: "5000000000" };

/** Signs somebody new in and makes their wallet. */
export async function arrive({ url }: Stage): Promise<Investor> {
  part("Somebody signs in with an Ethereum account (EIP-4361)");
  const { address: own, privateKey: key } = Wallet.createRandom();
  const client = await signIn(url, localSigner(new Wallet(key)));
  tell(`${own} is user ${client.user}`);
  const refresh = { body: { refreshToken: client.refreshToken } };
  await call(url, "POST", "/v1/auth/sessions/refresh", refresh);
  await refused("a refresh token that was used", "refresh-token-reused", () =>
    call(url, "POST", "/v1/auth/sessions/refresh", refresh),
  );
  tell("its reuse ended the session: signing in again");
  const again = await signIn(url, localSigner(new Wallet(key)));

  part("The platform keeps a wallet for them: one sealed seed, accounts on three families of chains");
  const wallet = await again.post<{ id: string; accounts: Account[] }>("/v1/wallets", { label: "Savings" });
  for (const { account, path } of wallet.accounts) tell(`${account}  ${path}`);
  const address = wallet.accounts.find(({ family }) => family === "evm")?.address ?? "";
  return { client: again, own, key, wallet: wallet.id, address };
}

/** Sends money from their own account, as any wallet app would; the platform sees it on the chain. */
export async function deposit(stage: Stage, investor: Investor): Promise<void> {
  part("Money arrives on the chain and is seen");
  const { chain, contracts, assets } = stage;
  const { own, key, address } = investor;
  await fund(chain.url, contracts, own, owned);
  tell(`sent 1 ETH      ${await chain.send(key, { to: address, value: sent.native })}`);
  tell(`sent 5,000 DUSD ${await chain.sendToken(key, contracts.token, address, sent.token)}`);
  await until(
    "the deposits to be final",
    () => balances(investor),
    (all) => all(assets.native).final === sent.native && all(assets.token).final === sent.token,
  );
  await sameAsChain(stage, investor);
}

/** Compares every balance of the wallet with the chain's. */
export async function sameAsChain({ chain, contracts, assets }: Stage, investor: Investor): Promise<void> {
  const all = await balances(investor);
  const { address } = investor;
  same("ETH (wei) of the wallet, as on the chain", all(assets.native).final, await chain.native(address));
  same("DUSD of the wallet, as on the chain", all(assets.token).final, await chain.balance(contracts.token, address));
  same("vDUSD of the wallet, as on the chain", all(assets.shares).final, await chain.balance(contracts.vault, address));
}

/** The wallet's balances by asset; what it never had is nothing. */
export async function balances({ client, wallet }: Investor): Promise<(asset: string) => Balance> {
  const items = await client.get<Balance[]>(`/v1/wallets/${wallet}/balances`);
  const none = { final: "0", pending: "0", held: "0", available: "0" };
  return (asset) => items.find((each) => each.asset === asset) ?? { asset, ...none };
}

type Transfer = { id: string; status: string; hashes: string[] };

/** Takes the money home: to the address that they registered with, and to no other. */
export async function withdraw(stage: Stage, investor: Investor): Promise<void> {
  part("The money goes home: a transfer to the address of registration");
  const { chain, contracts, assets } = stage;
  const { client, wallet, own } = investor;
  const { available } = (await balances(investor))(assets.token);
  const before = BigInt(await chain.balance(contracts.token, own));
  const to = (address: string) => ({
    ...{ wallet, network: contracts.network },
    intent: { type: "send", asset: assets.token, to: address, amount: available },
  });
  const key = { "idempotency-key": `withdraw-${wallet}` };
  await refused("a transfer to somebody else's address", "policy-refused", () =>
    client.post("/v1/transfers", to(contracts.vault), { "idempotency-key": `theft-${wallet}` }),
  );
  const { id } = await client.post<Transfer>("/v1/transfers", to(own), key);
  const retried = await client.post<Transfer>("/v1/transfers", to(own), key);
  same("the retry with the same key is the same transfer", retried.id, id);
  const read = () => client.get<Transfer>(`/v1/transfers/${id}`);
  const { hashes } = await until("the transfer to be final", read, ({ status }) => status === "final");
  tell(`sent ${available} DUSD home in ${hashes.join(", ")}`);
  const arrived = BigInt(await chain.balance(contracts.token, own)) - before;
  same("DUSD that arrived at their own account, on the chain", `${arrived}`, available);
  await sameAsChain(stage, investor);
  holds("nothing is left of it in the wallet", (await balances(investor))(assets.token).final === "0");
}
