/**
 * People at work: commands to all services whose effects can be counted.
 *
 * @module
 */
import { Wallet } from "ethers";
import { localSigner } from "../development/accounts.ts";
import { vaultPlay } from "../development/vault_play.ts";
import { createRandom, pick, type Random } from "../end_to_end/crash/plan.ts";
import { createDeeds, type Deeds, type TaggedEvent } from "./deeds.ts";
import { createPerson, type Person } from "./person.ts";
import type { Stage } from "./stage.ts";

type Tagged = { readonly id: string };

export type Load = {
  readonly deeds: Deeds;
  /** Answers that no outage explains. */
  surprises(): readonly string[];
  /** Works until so many commands were done. */
  work(commands: number): Promise<void>;
};

const tasksInCommon = 8;

/** So many people, each with a wallet of their own that nothing is in. */
export async function createLoad(stage: Stage, seed: number, people: number): Promise<Load> {
  const deeds = createDeeds();
  const { admin, approver } = stage.team;
  const common: string[] = [];
  for (let count = 0; count < tasksInCommon; count++) common.push(await openTask(admin, deeds, `common ${count}`));
  const ground = { stage, deeds, common };
  const workers = await Promise.all(
    Array.from({ length: people }, (_, place) => createWorker(ground, `${place}`, createRandom(seed + place))),
  );
  return {
    deeds,
    surprises: () => [admin, approver, ...workers.map(({ person }) => person)].flatMap(({ surprises }) => surprises),
    async work(commands) {
      await Promise.all(
        workers.map(async ({ act }) => {
          while (deeds.done() < commands) await act();
        }),
      );
    },
  };
}

type Ground = {
  readonly stage: Stage;
  readonly deeds: Deeds;
  /** Tasks that all comment on. */
  readonly common: readonly string[];
};

async function createWorker({ stage, deeds, common }: Ground, name: string, random: Random) {
  const { admin } = stage.team;
  const { contracts } = stage.development;
  const person = createPerson(stage.url, localSigner(Wallet.createRandom()));
  const etags = new Map<string, string>();
  let count = 0;
  const next = () => `${name}-${count++}`;
  const wallet = await make(person, deeds, "wallet/WalletCreated", "/v1/wallets", next, (label) => ({ label }));
  const draftTitled = (title: string) => vaultPlay(contracts, title);
  const draft = await make(admin, deeds, "play/PlayDrafted", "/v1/plays", next, draftTitled);

  /** Changes what nobody else changes, if it is as it was seen last. */
  async function change(event: TaggedEvent, who: Person, method: string, path: string, body: (tag: string) => object) {
    const tag = next();
    for (;;) {
      const etag = etags.get(path);
      const changing = { method, path, body: body(tag), headers: { "if-match": etag ?? '"0"' } };
      const changed = etag === undefined ? undefined : await who.insist(changing);
      if (changed?.outcome === "refused" && changed.status !== 412) throw new Error(`${path}: ${changed.problem}`);
      const seen = changed?.outcome === "done" ? changed : await who.insist({ method: "GET", path });
      if (seen.outcome !== "done") throw new Error(`${path}: ${seen.problem}`);
      etags.set(path, seen.etag);
      // Where an answer was lost it has been done before.
      if (changed?.outcome === "done" || JSON.stringify(seen.body).includes(`"${tag}"`)) break;
    }
    deeds.note(event, tag, "done");
  }

  /** An order that nobody can pay: all services have their say, and it is refused. */
  async function order(): Promise<void> {
    const tag = next();
    const what = {
      play: stage.play,
      version: 1,
      wallet,
      action: "enter",
      amount: "1000000",
      parameters: { reference: tag },
    };
    const ask = { method: "POST", path: "/v1/orders", body: what, headers: { "idempotency-key": tag } };
    for (;;) {
      const placed = await person.insist(ask);
      if (placed.outcome === "done") break;
      // The task service has yet to hear of the wallet.
      if (placed.problem !== "wallet-not-found") throw new Error(`An order was refused: ${placed.problem}`);
      await Bun.sleep(50);
    }
    deeds.note("order/OrderPlaced", tag, "done");
  }

  const acts: readonly (readonly [share: number, act: () => Promise<unknown>])[] = [
    [30, () => commentOn(admin, deeds, pick(common, random), next)],
    [20, () => change("user/ProfileChanged", person, "PATCH", "/v1/users/me", (displayName) => ({ displayName }))],
    [20, () => change("wallet/WalletRenamed", person, "PATCH", `/v1/wallets/${wallet}`, (label) => ({ label }))],
    [10, () => change("play/PlayDrafted", admin, "PUT", `/v1/plays/${draft}/draft`, draftTitled)],
    [10, () => openTask(admin, deeds, next)],
    [5, order],
    [3, () => make(admin, deeds, "play/PlayDrafted", "/v1/plays", next, draftTitled)],
    [2, () => make(person, deeds, "wallet/WalletCreated", "/v1/wallets", next, (label) => ({ label }))],
  ];
  const shares = acts.flatMap(([share, act]) => Array.from({ length: share }, () => act));
  return { person, act: () => pick(shares, random)() };
}

/** Makes something new, and something else where the answer is lost: there is no key by which it would be the same. */
async function make(
  who: Person,
  deeds: Deeds,
  event: TaggedEvent,
  path: string,
  next: () => string,
  body: (tag: string) => object,
): Promise<string> {
  for (;;) {
    const tag = next();
    const said = await who.try({ method: "POST", path, body: body(tag) });
    if (said.outcome === "refused") throw new Error(`${path}: ${said.problem}`);
    deeds.note(event, tag, said.outcome);
    if (said.outcome === "done") return (said.body as Tagged).id;
    await Bun.sleep(100);
  }
}

/** Answers its id. */
export function openTask(admin: Person, deeds: Deeds, next: (() => string) | string): Promise<string> {
  const steps = [{ id: "look", title: "Look", type: "manual", instructions: "Look at it.", evidence: {} }];
  const body = (title: string) => ({ title, group: "accounting", priority: "normal", steps });
  let count = 0;
  const tag = typeof next === "string" ? () => `${next}.${count++}` : next;
  return make(admin, deeds, "task/TaskOpened", "/v1/tasks", tag, body);
}

export async function commentOn(admin: Person, deeds: Deeds, task: string, next: () => string): Promise<void> {
  await make(admin, deeds, "task/TaskCommented", `/v1/tasks/${task}/comments`, next, (text) => ({ text }));
}
