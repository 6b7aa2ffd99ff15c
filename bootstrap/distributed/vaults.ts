import { createKeyVault, dataKeyKind } from "../../adapters/azure/mod.ts";
import { createSecretVault } from "../../adapters/local_vault/mod.ts";
import type { Stores } from "../../ports/adapting.ts";
import type { Log, Vault } from "../../ports/mod.ts";
import type { Distribution } from "../config.ts";
import type { Footing } from "../host.ts";
import { keyVaultConnection, type Secrets } from "./secrets.ts";

const anHour = 60 * 60_000;

/**
 * What a service seals with. Its own signing keys are sealed under a secret of its own; wallets' seeds under data keys that a
 * key in Key Vault wraps, and only the wallet service uses that key.
 */
export function openVaults(distribution: Distribution, secrets: Pick<Secrets, "sealing-key">, { records }: Stores) {
  const own = createSecretVault(secrets["sealing-key"]);
  const none: { vault: Vault; own: Vault; keep(footing: Footing, log: Log): void } = {
    vault: own,
    own,
    keep: () => {},
  };
  if (distribution.service !== "wallet") return none;
  const vault = createKeyVault({
    connection: keyVaultConnection(distribution),
    key: distribution.keyVaultKey,
    dataKeys: records(dataKeyKind),
  });
  return {
    ...{ own, vault },
    /** Takes data keys along to the key's newest version. */
    keep({ every }: Footing, log: Log): void {
      every(anHour, "re-wrap data keys", async (signal) => {
        const { rewrapped, stuck } = await vault.rewrap(signal);
        if (rewrapped > 0) log("Data keys are wrapped by the key's newest version", { rewrapped });
        if (stuck.length > 0) log("Data keys can't be unwrapped: what they sealed stays closed", { stuck });
      });
    },
  };
}
