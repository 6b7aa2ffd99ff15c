import { join } from "node:path";
import { type AccountName, brokerConfig } from "../distributed/accounts.ts";
import { databaseOf } from "../distributed/ground.ts";
import { serviceNames } from "../service_names.ts";
import { writeFile } from "./_files.ts";
import { type Passwords, provisionVault } from "./vault.ts";

type Options = {
  readonly folder: string;
  readonly connection: { readonly url: string; readonly verifyChallenge: boolean; readonly ca?: string };
};

/** A user of MongoDB, known in a database of the same name, which it may read and write. */
export type DatabaseUser = { readonly name: string; readonly password: string };

/**
 * Puts into the vault what processes ask of it, and writes for servers who they are: accounts with permissions, passwords
 * hashed, for nats-server (`nats`), and users for MongoDB (`mongodb`).
 */
export async function provisionAccounts({ folder, connection }: Options): Promise<void> {
  const passwords = await provisionVault(connection);
  const hashes = await hashed(passwords);
  const users = serviceNames.map((service): DatabaseUser => {
    return { name: databaseOf(service), password: secretOf(passwords, service, "mongodb-password") };
  });
  // nats-server's configuration language takes JSON.
  writeFile(join(folder, "nats", "accounts.conf"), JSON.stringify(brokerConfig((account) => hashes[account])));
  writeFile(join(folder, "mongodb", "users.json"), JSON.stringify(users));
}

async function hashed(passwords: Passwords): Promise<Readonly<Record<AccountName, string>>> {
  const names = Object.keys(passwords) as readonly AccountName[];
  const entries = names.map(async (account) => {
    const password = secretOf(passwords, account, "nats-password");
    return [account, await Bun.password.hash(password, { algorithm: "bcrypt", cost: 10 })] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<AccountName, string>;
}

function secretOf(passwords: Passwords, account: AccountName, secret: "mongodb-password" | "nats-password"): string {
  const value = passwords[account][secret];
  if (!value) throw new Error(`Cannot provision ${account}: its ${secret} in the vault is empty`);
  return value;
}
