import { Fault, VaultEntryAbsent } from "../../ports/mod.ts";
import { connect, isName, type KeyVaultConnection } from "./_connection.ts";
import { createAsk, type Patience, usual } from "./_patience.ts";

type SecretsOptions = {
  readonly connection: KeyVaultConnection;
  readonly patience?: Patience;
};

/** Secrets by name, as their current versions have them. All or none: the fault of one that can't be had is thrown. */
export type ReadSecrets = <Name extends string>(names: readonly Name[]) => Promise<Readonly<Record<Name, string>>>;

/** Reads a service's secrets from Azure Key Vault; its identity needs `get` on them. */
export function createReadSecrets({ connection, patience = usual }: SecretsOptions): ReadSecrets {
  const client = connect(connection).secrets();
  const ask = createAsk(patience, Date.now);

  async function read(name: string): Promise<string> {
    if (!isName(name)) throw new Error(`Cannot read secret "${name}": that is no name of one`);
    const { value } = await ask(`read secret "${name}"`, (abortSignal) => client.getSecret(name, { abortSignal }));
    if (!value) throw new VaultEntryAbsent(`Cannot read secret "${name}": it is empty`);
    return value;
  }

  return async (names) => {
    const outcomes = await Promise.allSettled(names.map(read));
    const faults = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    // What no waiting mends is told first: otherwise a service would wait for it.
    if (faults.length > 0) throw faults.find((fault) => !(fault instanceof Fault && fault.retryable)) ?? faults[0];
    const values = outcomes.map((outcome) => (outcome as PromiseFulfilledResult<string>).value);
    return Object.fromEntries(names.map((name, index) => [name, values[index]])) as Record<
      (typeof names)[number],
      string
    >;
  };
}
