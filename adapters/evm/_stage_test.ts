import { type AssetId, accountId, delta } from "../../domains/shared/mod.ts";
import type { Effect } from "../../domains/wallet/mod.ts";
import { accountAt, callOf, drive, network, startAnvil } from "./_chain_test.ts";

/** A chain with every test contract, an account that holds some of all tokens, and a contract that can pay. */
export async function setStage() {
  const anvil = await startAnvil();
  const driver = drive(anvil.url);
  const { deploy, mine, send } = driver;
  const me = accountAt(1);
  const contracts = {
    ...{ token: await deploy("Token"), taxed: await deploy("Taxed"), silent: await deploy("Silent") },
    ...{ collection: await deploy("Collection"), items: await deploy("Items"), wrapper: await deploy("Wrapper") },
    ...{ stakes: await deploy("Stakes"), payer: await deploy("Payer"), permits: await deploy("Permits") },
    troubles: await deploy("Troubles"),
  };
  const { token, taxed, silent, collection, items, wrapper, payer } = contracts;
  for (const each of [token, taxed, silent]) await send(me, callOf(each, "mint", [me.address, 1_000]));
  await send(me, callOf(collection, "mint", [me.address, 7]));
  await send(me, callOf(items, "mint", [me.address, [1, 2], [10, 20]]));
  await send(me, callOf(wrapper, "deposit", [], 500n));
  await send(accountAt(0), { to: payer.address, value: 10n ** 18n });
  await mine();

  const own = (asset: AssetId, change: string): Effect => ({
    ...{ account: accountId(network.id, me.address), asset },
    delta: delta(change),
  });
  const pay = (to: readonly string[], each: bigint) => send(accountAt(2), callOf(payer, "pay", [to, each]));
  const mint = (to: string, value: bigint) => send(accountAt(3), callOf(token, "mint", [to, value]));
  return { ...driver, anvil, me, contracts, own, pay, mint };
}
