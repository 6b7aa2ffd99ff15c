import { HDNodeWallet } from "ethers";
import { signIn } from "../bootstrap/client.ts";
import { localSigner } from "../bootstrap/development/accounts.ts";
import type { Lane } from "./_http.ts";

/** So many users, each with an access token. */
export async function signInMany(url: string, count: number): Promise<string[]> {
  const signers = Array.from({ length: count }, () => localSigner(HDNodeWallet.createRandom()));
  return Promise.all(signers.map(async (signer) => (await signIn(url, signer)).accessToken));
}

/** A client that changes its profile again and again: each time another name, under the ETag of the time before. */
export function renaming(token: string): Lane {
  const path = "/v1/users/me";
  const requests = ["Ada", "Grace"].map((displayName) => ({ method: "PATCH", path, body: { displayName } }));
  return { token, first: { method: "GET", path }, requests };
}
