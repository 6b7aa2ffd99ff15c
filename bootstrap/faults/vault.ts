/**
 * The vault throttles, then says nothing, while wallets are made and transfers signed by a process that has no key at hand.
 *
 * @module
 */
import { JsonRpcProvider, Wallet } from "ethers";
import { signIn } from "../client.ts";
import { until } from "../demo/until.ts";
import { localSigner } from "../development/accounts.ts";
import { createInvestor, type Investor } from "../end_to_end/crash/people.ts";
import type { Outcome, Run } from "./campaign.ts";
import { onStage, type Stage } from "./stage.ts";

export const name = "vault";
export const what =
  "the vault answers 429, then nothing, for a minute under load: 2xx completes, all else is 503 with Retry-After";

const sizes = { short: { seconds: 8, investors: 2 }, long: { seconds: 60, investors: 4 } } as const;
const patience = 60_000;

type Answered = {
  readonly status: number;
  readonly body: { readonly id: string; readonly accounts?: readonly Account[] };
};
type Account = { readonly family: string; readonly address: string };
type Transfer = { readonly status: string; readonly hashes: readonly string[] };

export function run({ tell, scale }: Run): Promise<Outcome> {
  const { seconds, investors } = sizes[scale];

  async function play(stage: Stage): Promise<Outcome> {
    const { cluster, development, url } = stage;
    const { vault } = cluster.backing;
    const people = await Promise.all(Array.from({ length: investors }, () => createInvestor(url, development)));
    const load = await startLoad(stage, people);
    await until(
      "some work to be done",
      async () => load.done(),
      (done) => done > 2 * investors,
      patience,
    );

    await vault.behave("keys:throttled");
    const [before] = cluster.replicas("wallet");
    before?.kill("SIGTERM");
    tell("the keys are throttled, and the wallet service starts anew");
    await Bun.sleep(seconds * 500);
    await vault.behave("silent");
    tell("the vault says nothing");
    await Bun.sleep(seconds * 500);
    const refusedMeanwhile = load.refused();
    await vault.behave("well");
    const healed = performance.now();
    const known = load.done();
    await until(
      "work to be done again",
      async () => load.done(),
      (done) => done > known,
      patience,
    );
    const recovered = Math.round(performance.now() - healed);
    tell(`work goes on ${recovered} ms after the vault does`);
    const faults = [...(await load.end())];
    if (refusedMeanwhile === 0) faults.push("Nothing was refused: the outage was none");
    return {
      figures: { done: load.done(), refused: load.refused(), "ms to recover": recovered },
      faults: [...faults, ...(await signedFaults(stage, load.transfers))],
    };
  }

  return onStage({ tell, play });
}

type Sent = { readonly investor: Investor; readonly id: string };

/** Makes wallets and sends transfers until it is ended. */
async function startLoad({ url, development }: Stage, people: readonly Investor[]) {
  const stop = new AbortController();
  const transfers: Sent[] = [];
  const made: string[] = [];
  const faults: string[] = [];
  const counts = { done: 0, refused: 0 };
  const maker = await signIn(url, localSigner(Wallet.createRandom()));

  async function post(token: string, path: string, body: object, key: string): Promise<Answered | undefined> {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": key };
    const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    const read = (await answer.json()) as Answered["body"];
    if (answer.ok) {
      counts.done++;
      return { status: answer.status, body: read };
    }
    counts.refused++;
    const passes = answer.status === 503 && Number(answer.headers.get("retry-after")) > 0;
    if (!passes) faults.push(`${path}: ${answer.status} ${JSON.stringify(read)}`);
    return undefined;
  }

  async function makeWallets(): Promise<void> {
    for (let count = 0; !stop.signal.aborted; count++) {
      const answered = await post(maker.accessToken, "/v1/wallets", { label: `${count}` }, `${count}`);
      if (answered) made.push(answered.body.id);
      await Bun.sleep(20);
    }
  }

  async function send(investor: Investor): Promise<void> {
    const client = await investor.speak(async (client) => client);
    const me = await client?.get<{ identities: readonly { account: string }[] }>("/v1/users/me");
    if (!client || !me) throw new Error("The investor can't sign in");
    const home = me.identities[0]?.account.split(":")[2];
    const asset = `${development.contracts.network}/slip44:60`;
    for (let count = 0; !stop.signal.aborted; count++) {
      const intent = { type: "send", asset, to: home, amount: "1" };
      const body = { wallet: investor.wallet, network: development.contracts.network, intent };
      const answered = await post(client.accessToken, "/v1/transfers", body, `${investor.wallet}-${count}`);
      if (answered) transfers.push({ investor, id: answered.body.id });
      await Bun.sleep(100);
    }
  }

  const working = Promise.all([makeWallets(), ...people.map(send)]);
  return {
    transfers,
    done: () => counts.done,
    refused: () => counts.refused,
    /** Answers what was wrong: answers that say neither yes nor later, and wallets that were promised and are not there. */
    async end(): Promise<readonly string[]> {
      stop.abort();
      await working;
      for (const id of made) {
        const wallet = await maker.get<{ accounts: readonly Account[] }>(`/v1/wallets/${id}`);
        if (wallet.accounts.length === 0) faults.push(`Wallet ${id} has no accounts`);
      }
      return faults;
    },
  };
}

/** Every transfer that was accepted comes to its end on the chain, from the account that its wallet tells. */
async function signedFaults({ development }: Stage, transfers: readonly Sent[]): Promise<readonly string[]> {
  const provider = new JsonRpcProvider(development.chainUrl);
  const faults: string[] = [];
  for (const { investor, id } of transfers) {
    const read = () => investor.speak((client) => client.get<Transfer>(`/v1/transfers/${id}`));
    const transfer = await until(`transfer ${id} to end`, read, (found) => found?.status === "final", patience);
    if (transfer?.hashes.length === 0) faults.push(`Transfer ${id} is final without a transaction`);
    for (const hash of transfer?.hashes ?? []) {
      const landed = await provider.getTransaction(hash);
      if (landed?.from !== investor.address) faults.push(`Transfer ${id} was signed by ${landed?.from}`);
    }
  }
  provider.destroy();
  return faults;
}
