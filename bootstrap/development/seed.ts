import { amount } from "../../domains/shared/mod.ts";
import { addressOf, call, signIn } from "../client.ts";
import { developmentSigner } from "./accounts.ts";
import { type Contracts, fund } from "./deploy.ts";
import { vaultPlay } from "./vault_play.ts";

/** What the token and the shares of the vault are called. */
const listed = ({ token, vault }: Contracts) => [
  { contract: token, symbol: "DUSD", decimals: 6, name: "Development Dollar" },
  { contract: vault, symbol: "vDUSD", decimals: 9, name: "Development Vault" },
];

const pocketMoney = amount("100000000000");

/**
 * Registers the development accounts and publishes a play, as their owners would over HTTP, where no play is on offer yet:
 * the admin drafts and offers, the approver approves. The user's own account gets tokens to deposit.
 */
export async function seed(url: string, chainUrl: string, contracts: Contracts): Promise<void> {
  const { body } = await call<{ items: readonly unknown[] }>(url, "GET", "/v1/plays");
  if (body.items.length > 0) return;
  const user = developmentSigner("user");
  const [admin, approver] = await Promise.all(
    (["admin", "approver"] as const).map((name) => signIn(url, developmentSigner(name))),
  );
  await signIn(url, user);
  await fund(chainUrl, contracts, addressOf(user.account), { token: pocketMoney });
  if (!admin || !approver) return;
  await admin.change(`/v1/users/${approver.user}`, "/roles", { roles: ["admin"] });
  for (const { contract, ...told } of listed(contracts)) {
    const asset = `${contracts.network}/erc20:${contract}`;
    await admin.send("PUT", `/v1/assets/${encodeURIComponent(asset)}`, { body: told });
  }
  const { id, digest } = await admin.post<{ id: string; digest: string }>("/v1/plays", vaultPlay(contracts));
  await admin.post(`/v1/plays/${id}/publish`);
  await approver.post(`/v1/plays/${id}/approvals`, { decision: "approve", digest, comment: "Read it, tried it" });
}
