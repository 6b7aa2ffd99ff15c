import { Database } from "bun:sqlite";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { call, signIn } from "../bootstrap/client.ts";
import { developmentSigner, localNetwork } from "../bootstrap/development/accounts.ts";
import { vaultPlay } from "../bootstrap/development/vault_play.ts";
import { type Lane, load } from "./_http.ts";
import { inTurns, median } from "./_measure.ts";
import { renaming, signInMany } from "./_people.ts";
import { residentMegabytes, startByHand, startPlatform } from "./_processes.ts";
import type { Figure } from "./_report.ts";
import { openFolder } from "./_stand.ts";

const connections = 32;
const milliseconds = 700;
const rounds = 9;
const rest = 3_000;
const contracts = {
  network: localNetwork,
  token: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  vault: "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512",
};
const both = [
  "By hand: the same statements on copies of the same files, in a process of its own, at the same connections;",
];
const readNotes = [
  ...both,
  "it leaves out parsing the query, checking the answer, security headers, correlation and metrics.",
];
const commandNotes = [
  ...both,
  "it verifies the token, reads session and user, checks If-Match, commits state and event with their hash, sharing",
  "transactions, and carries the event over the bus to three consumers; it leaves out what the read leaves out, and the",
  "checking of the body.",
];

/** The platform against the same SQLite work by hand, at the same connections, in turns. */
export async function http(): Promise<Figure[]> {
  using folder = openFolder();
  const data = join(folder.path, "platform");
  mkdirSync(data);
  await using platform = await startPlatform(data);
  await publish(platform.url);
  const tokens = await signInMany(platform.url, connections);
  copyFiles(data, folder.path);
  const keys = await call<object>(platform.url, "GET", "/.well-known/jwks.json");
  await using byHand = await startByHand(folder.path, platform.url, keys.body);
  const reading = tokens.map(() => ({ requests: [{ method: "GET", path: "/v1/plays" }] }));
  const writing = tokens.map(renaming);
  const rate = (url: string, lanes: readonly Lane[]) => () => load(url, { lanes, milliseconds });
  const measures = {
    ourReads: rate(platform.url, reading),
    readsByHand: rate(byHand.url, reading),
    ourCommands: rate(platform.url, writing),
    commandsByHand: rate(byHand.url, writing),
  };
  await inTurns(2, measures);
  const samples = await inTurns(rounds, measures);
  await Bun.sleep(rest);
  const memory = await residentMegabytes(platform.pid);
  const goal = { atLeast: 0.7 };
  return [
    { what: `Pages of ${connections} plays over HTTP`, value: median(samples, (all) => all.ourReads), unit: "/s" },
    {
      what: "A catalogue read over HTTP against Bun.serve by hand",
      value: median(samples, ({ ourReads, readsByHand }) => ourReads / readsByHand),
      unit: "×",
      goal,
      notes: readNotes,
    },
    { what: "Durable commands over HTTP", value: median(samples, (all) => all.ourCommands), unit: "/s" },
    {
      what: "A durable command over HTTP against Bun.serve by hand",
      value: median(samples, ({ ourCommands, commandsByHand }) => ourCommands / commandsByHand),
      unit: "×",
      goal,
      notes: commandNotes,
    },
    { what: "Memory a moment after all this", value: memory, unit: "MB" },
  ];
}

/** Drafted by one person and approved by another. */
async function publish(url: string): Promise<void> {
  const admin = await signIn(url, developmentSigner("admin"));
  const approver = await signIn(url, developmentSigner("approver"));
  for (let count = 0; count < connections; count++) {
    const { id } = await admin.post<{ id: string }>("/v1/plays", vaultPlay(contracts, `Vault ${count}`));
    const { digest } = await admin.post<{ digest: string }>(`/v1/plays/${id}/publish`);
    await approver.post(`/v1/plays/${id}/approvals`, { decision: "approve", digest });
  }
}

/** Copies what is at rest: all of it is in the files themselves once their logs are empty. */
function copyFiles(from: string, to: string): void {
  for (const name of ["play.sqlite", "user.sqlite", "bus.sqlite"]) {
    using database = new Database(join(from, name), { readwrite: true });
    database.run("PRAGMA wal_checkpoint(TRUNCATE)");
    copyFileSync(join(from, name), join(to, name));
  }
}
