import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectToNats, createQuestions } from "../../adapters/nats/mod.ts";
import { arrive } from "../demo/investor.ts";
import { setUp } from "../demo/story.ts";
import { startDevelopment } from "../development/mod.ts";
import type { AccountName } from "../distributed/accounts.ts";
import { freePort } from "../free_port.ts";
import { provisionVault } from "../provisioning/vault.ts";
import { openDistributed } from "./distributed_stand.ts";
import { platformConfig } from "./stand.ts";

const log = () => {};

/** The distributed platform with somebody in it who has a wallet, and connections to its NATS as any account. */
export async function startAccounts() {
  await using starting = new AsyncDisposableStack();
  const data = mkdtempSync(join(tmpdir(), "lucent-accounts-"));
  starting.defer(() => rmSync(data, { recursive: true, force: true }));
  const development = starting.use(await startDevelopment(data, log));
  const config = platformConfig(development, data, freePort());
  const platform = starting.use(await openDistributed(config, 500));
  starting.use(await platform.start());
  await development.seed(config.publicUrl);
  const { chainUrl, contracts } = development;
  const stage = await setUp({ url: config.publicUrl, chainUrl, contracts });
  starting.defer(() => stage.chain.close());
  const investor = await arrive(stage);
  const { vault, nats } = platform.backing;
  const passwords = await provisionVault(vault);

  const end = starting.move();

  async function connectAs(user: AccountName) {
    const password = passwords[user]["nats-password"] ?? "";
    const tls = { caFile: vault.caFile };
    const connection = end.use(
      await connectToNats({ urls: nats.url, name: "test", credentials: { user, password }, tls, log }),
    );
    const service = { name: user, version: "1.0.0", description: "A test" };
    return { ...connection, questions: end.use(createQuestions({ connection, service, log })) };
  }

  const connections = new Map<AccountName, ReturnType<typeof connectAs>>();
  return {
    ...{ stage, investor },
    /** One connection an account. */
    as(user: AccountName) {
      const connecting = connections.get(user) ?? connectAs(user);
      connections.set(user, connecting);
      return connecting;
    },
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}
