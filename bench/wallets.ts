import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { accountsOf, createKeys, seedKind } from "../adapters/custody/mod.ts";
import { createAbiCodec } from "../adapters/evm/mod.ts";
import { createLocalVault } from "../adapters/local_vault/mod.ts";
import { call } from "../bootstrap/client.ts";
import { developmentNetworks } from "../bootstrap/development/networks.ts";
import { amount, type UserId } from "../domains/shared/mod.ts";
import * as wallet from "../domains/wallet/mod.ts";
import { inTurns, median, percentile, ratePerSecond } from "./_measure.ts";
import { signInMany } from "./_people.ts";
import { startPlatform } from "./_processes.ts";
import type { Figure } from "./_report.ts";
import { openFolder, openStores } from "./_stand.ts";

const many = 64;
const milliseconds = 700;
const rounds = 5;
const requests = 300;
/** So many are asked for a second, by people one after another. */
const pause = 20;

const networks = developmentNetworks("");
const cause = { actor: "bench" as UserId, correlation: "bench" };
const newId = () => Bun.randomUUIDv7();

/** Wallets for users, against nothing but random words and the accounts that follow from them. */
export async function wallets(): Promise<Figure[]> {
  using folder = openFolder();
  const { database, service, ahead } = openService(folder.path);
  const bare = async () => accountsOf(randomBytes(32), networks);
  const samples = await inTurns(rounds, {
    bare: () => ratePerSecond(milliseconds, 1, bare),
    async ready() {
      await ahead.fill();
      return await perSecond(size, () => service.create("Bench", cause));
    },
    async whole() {
      const begun = performance.now();
      await ahead.fill();
      await perSecond(size, () => service.create("Bench", cause));
      return (size * 1000) / (performance.now() - begun);
    },
  });
  database.close();
  const waits = await overHttp(join(folder.path, "platform"));
  const against = `Against deriving the accounts of ${networks.length} networks from random words, one after another, and keeping none;`;
  return [
    { what: "Derivations alone", value: median(samples, (all) => all.bare), unit: "/s" },
    { what: `Wallets at ${many} in flight, made ahead`, value: median(samples, (all) => all.ready), unit: "/s" },
    {
      what: "Wallets created that were made ahead, against derivations",
      value: median(samples, ({ ready, bare }) => ready / bare),
      ...{ unit: "×", goal: { atLeast: 0.8 } },
      notes: [against, "ours are claimed, registered with those who watch, and recorded durably."],
    },
    {
      what: "Wallets created with the making of them, against derivations",
      value: median(samples, ({ whole, bare }) => whole / bare),
      unit: "×",
      notes: ["The making is sealing, storing, opening again, deriving and storing, in the background as a rule."],
    },
    {
      what: "POST /v1/wallets, of 100 requests the second slowest",
      value: percentile(waits, 99),
      ...{ unit: "ms", goal: { below: 20 } },
      notes: [`${requests} requests, one after another with pauses of ${pause} ms, as a client sees it.`],
    },
  ];
}

const size = 400;

function openService(folder: string) {
  const { database, stores } = openStores(folder, "wallets");
  const { open, records } = stores;
  const vault = createLocalVault({ path: join(folder, "vault.key") });
  const keys = createKeys({ vault, seeds: records(seedKind), networks });
  const ahead = wallet.createWalletsAhead({
    ...{ ahead: records(wallet.walletAheadKind), keys, newId, size, giveWay: async () => {} },
    networks: networks.map(({ id }) => id),
  });
  const wallets = open(wallet.walletKind);
  const known = { watchedWallets: records(wallet.watchedWalletKind), watchEpochs: records(wallet.watchEpochKind) };
  const assets = wallet.createAssetService({ assets: open(wallet.assetKind), networks, codec: createAbiCodec() });
  const service = wallet.createWalletService({
    ...{ wallets, transfers: open(wallet.transferKind), deposits: open(wallet.depositKind), assets, ahead },
    ...{ registrations: open(wallet.registrationKind), playTerms: open(wallet.playTermsKind) },
    ...{ cursors: records(wallet.cursorKind), watched: wallet.createWatched({ wallets, ...known }), chains: new Map() },
    fees: { gasPerTransaction: amount("0"), marginBasisPoints: 0 },
    ...{ kick: () => {}, read: async () => "0" },
  });
  return { database, service, ahead };
}

/** Does some work so often, so many at a time. */
async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  let left = count;
  const lane = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: many }, lane));
  return (count * 1000) / (performance.now() - begun);
}

/** How long each of some requests waited. */
async function overHttp(data: string): Promise<number[]> {
  mkdirSync(data);
  await using platform = await startPlatform(data);
  const [token = ""] = await signInMany(platform.url, 1);
  const waits: number[] = [];
  for (let count = 0; count < requests; count++) {
    await Bun.sleep(pause);
    const begun = performance.now();
    const sent = { body: { label: "Bench" }, headers: { authorization: `Bearer ${token}` } };
    await call(platform.url, "POST", "/v1/wallets", sent);
    waits.push(performance.now() - begun);
  }
  return waits.slice(10);
}
