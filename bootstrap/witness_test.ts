import type { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { createCipheriv, createDecipheriv, createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStores, createWitnessStore, openDatabase } from "../adapters/sqlite/mod.ts";
import { createAuditService, type Offence, signedText } from "../domains/notification/mod.ts";
import { accept, type Instant, type UserId } from "../domains/shared/mod.ts";
import { type AggregateKind, type Leaf, SealBroken, type SignedRoot, transact, type Vault } from "../ports/mod.ts";
import { createWitness, signingKeyKind } from "./witness.ts";

type Noted = { readonly type: "Noted"; readonly text: string };
const noteKind: AggregateKind<string, Noted> = {
  name: "note",
  initial: "",
  evolve: (_, { text }) => text,
  upcasters: [],
  indexes: [],
};
const clock = () => new Date().toISOString() as Instant;

/** A vault with a key that dies with it. */
function createVault(): Vault {
  const key = randomBytes(32);
  return {
    async seal(purpose, plain) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(purpose));
      const ciphertext = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return { key: "test", nonce: nonce.toString("base64url"), ciphertext: ciphertext.toString("base64url") };
    },
    async open(purpose, { nonce, ciphertext }) {
      const bytes = Buffer.from(ciphertext, "base64url");
      const opening = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64url"));
      opening.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(-16));
      try {
        return Buffer.concat([opening.update(bytes.subarray(0, -16)), opening.final()]);
      } catch (error) {
        throw new SealBroken("Cannot open", { cause: error });
      }
    },
  };
}

/** Two services in two files, each the other's witness; a folder and vault of an earlier start are gone on with. */
function start(folder = mkdtempSync(join(tmpdir(), "lucent-witness-")), vault = createVault()) {
  const [play, task] = ["play", "task"].map((name) => openDatabase(join(folder, `${name}.sqlite`))) as [
    Database,
    Database,
  ];
  const serve = (service: string, own: Database, other: Database) => {
    const { open, records, journal } = createStores(own, clock);
    const keys = records(signingKeyKind);
    return { service, journal, keys, witness: createWitnessStore(other), notes: open(noteKind) };
  };
  const plays = serve("play", play, task);
  const tasks = serve("task", task, play);
  const logged: string[] = [];
  const witness = createWitness({
    services: [plays, tasks],
    ...{ vault, clock },
    log: (message, { error }) => logged.push(`${message}: ${error}`),
    milliseconds: 3_600_000,
  });
  const audit = createAuditService({ journals: witness.journals, clock });
  const noteIn = (service: typeof plays) => (id: string, text: string) =>
    transact(service.notes, id, { actor: "u1" as UserId, correlation: "c1", key: text }, () =>
      accept<Noted>({ type: "Noted", text }),
    );
  return {
    ...{ folder, vault, play, task, plays, witness, audit, logged },
    note: noteIn(plays),
    noteTask: noteIn(tasks),
    async offence(service = "play"): Promise<Offence | undefined> {
      const { holds, services } = await audit.verify();
      const found = services.find((each) => each.service === service)?.offence;
      expect(holds).toBe(services.every((each) => each.offence === undefined));
      return found;
    },
    async [Symbol.asyncDispose]() {
      await witness[Symbol.asyncDispose]();
      play.close();
      task.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
type Platform = ReturnType<typeof start>;

/** Two roots: the first over six notes, the second over three. */
async function witnessed(): Promise<Platform> {
  const platform = start();
  const { note, noteTask, witness } = platform;
  await noteTask("t", "0");
  for (const [place, id] of ["a", "b", "a", "c", "a", "b"].entries()) await note(id, `first ${place}`);
  await witness.witnessNow();
  for (const [place, id] of ["a", "d", "a"].entries()) await note(id, `second ${place}`);
  await witness.witnessNow();
  return platform;
}

test("untouched journals hold, and what is not witnessed yet is counted", async () => {
  await using platform = await witnessed();
  await platform.note("e", "late");
  const { holds, services } = await platform.audit.verify();
  expect(holds).toBe(true);
  expect(services).toEqual([
    { service: "play", entries: 10, roots: 2, unwitnessed: 1 },
    { service: "task", entries: 1, roots: 1, unwitnessed: 0 },
  ]);
});

test("a witness signs nothing where nothing was journalled, and goes on where it was after a restart", async () => {
  await using before = await witnessed();
  await before.witness.witnessNow();
  await before.note("e", "late");
  await using after = start(before.folder, before.vault);
  await after.witness.witnessNow();
  expect((await after.audit.verify()).services[0]).toEqual({ service: "play", entries: 10, roots: 3, unwitnessed: 0 });
});

test("what two witnesses sign at once is signed once", async () => {
  await using one = await witnessed();
  await using other = start(one.folder, one.vault);
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 5; i++) await one.note("a", `${round} ${i}`);
    await Promise.all([one.witness.witnessNow(), other.witness.witnessNow(), one.witness.witnessNow()]);
  }
  expect(await one.offence()).toBeUndefined();
  expect((await one.audit.verify()).services[0]?.unwitnessed).toBe(0);
});

test("a long journal is witnessed a root of five hundred entries at a time", async () => {
  await using platform = start();
  await Promise.all(Array.from({ length: 2_500 }, (_, i) => platform.note(`n${i}`, `${i}`)));
  await platform.witness.witnessNow();
  const { services } = await platform.audit.verify();
  expect(services[0]).toMatchObject({ entries: 2_500, unwitnessed: 0 });
  expect((await platform.plays.witness.latest("play"))?.size).toBeLessThanOrEqual(500);
  expect(await platform.offence()).toBeUndefined();
});

test("disposing witnesses what is left", async () => {
  await using platform = await witnessed();
  await platform.note("e", "late");
  await platform.witness[Symbol.asyncDispose]();
  expect((await platform.audit.verify()).services[0]).toMatchObject({ roots: 3, unwitnessed: 0 });
});

/** Rewrites an aggregate's chain so that it holds within the journal. */
function rehash(database: Database, aggregate: string): void {
  const rows = database
    .query<{ place: number; envelope: string }, [string]>(
      "SELECT place, envelope FROM journal WHERE aggregate = ? ORDER BY revision",
    )
    .all(aggregate);
  let hash = "";
  for (const { place, envelope } of rows) {
    hash = createHash("sha256").update(`${hash}${envelope}`).digest("hex");
    database.query("UPDATE journal SET hash = ? WHERE place = ?").run(hash, place);
  }
}

const changeText = (aggregate: string, revision: number) =>
  `UPDATE journal SET envelope = replace(envelope, 'first', 'worst')
    WHERE aggregate = '${aggregate}' AND revision = ${revision}`;

type Tampering = readonly [what: string, tamper: (platform: Platform) => unknown, offence: Offence];

const tamperings: readonly Tampering[] = [
  ["a changed entry", ({ play }) => play.run(changeText("a", 2)), { fault: "entry-changed", event: "note/a/2" }],
  [
    "a changed entry whose chain was rewritten",
    ({ play }) => {
      play.run(changeText("a", 2));
      rehash(play, "a");
    },
    { fault: "entry-changed", event: "note/a/2" },
  ],
  [
    "a changed hash",
    ({ play }) => play.run("UPDATE journal SET hash = upper(hash) WHERE aggregate = 'b' AND revision = 2"),
    { fault: "entry-changed", event: "note/b/2" },
  ],
  [
    "a dropped entry",
    ({ play }) => play.run("DELETE FROM journal WHERE aggregate = 'a' AND revision = 2"),
    { fault: "entry-dropped", event: "note/a/2" },
  ],
  [
    "the dropped first entry of an aggregate",
    ({ play }) => play.run("DELETE FROM journal WHERE aggregate = 'b' AND revision = 1"),
    { fault: "entry-dropped", event: "note/b/1" },
  ],
  [
    "a dropped entry whose followers moved up, chain and all",
    ({ play }) => {
      play.run("DELETE FROM journal WHERE aggregate = 'a' AND revision = 2");
      for (const revision of [3, 4, 5]) {
        play.run(`UPDATE journal SET revision = revision - 1,
          envelope = replace(replace(envelope, 'note/a/${revision}', 'note/a/${revision - 1}'),
            '"revision":${revision}', '"revision":${revision - 1}')
          WHERE aggregate = 'a' AND revision = ${revision}`);
      }
      rehash(play, "a");
    },
    { fault: "entry-reordered", event: "note/a/2" },
  ],
  [
    "two entries of different aggregates that changed places",
    ({ play }) => {
      for (const [from, to] of [
        [2, -1],
        [4, 2],
        [-1, 4],
      ]) {
        play.run(`UPDATE journal SET place = ${to} WHERE place = ${from}`);
      }
    },
    { fault: "entry-reordered", event: "note/b/1" },
  ],
  [
    "two entries of one aggregate that changed places",
    ({ play }) => {
      for (const [from, to] of [
        [1, -1],
        [2, 1],
        [-1, 2],
      ]) {
        play.run(`UPDATE journal SET revision = ${to} WHERE aggregate = 'a' AND revision = ${from}`);
      }
    },
    { fault: "entry-reordered", event: "note/a/1" },
  ],
  [
    "a tail that was cut, with the state",
    ({ play }) => {
      play.run("DELETE FROM journal WHERE aggregate = 'a' AND revision > 3");
      play.run("UPDATE aggregate_note SET revision = 3, state = '\"first 4\"' WHERE id = 'a'");
    },
    { fault: "tail-cut", event: "note/a/4" },
  ],
  [
    "an aggregate that vanished, with its state",
    ({ play }) => {
      play.run("DELETE FROM journal WHERE aggregate = 'd'");
      play.run("DELETE FROM aggregate_note WHERE id = 'd'");
    },
    { fault: "aggregate-vanished", event: "note/d/1" },
  ],
  [
    "a journal that vanished",
    ({ play }) => play.run("DELETE FROM journal"),
    { fault: "aggregate-vanished", event: "note/a/1" },
  ],
  [
    "an entry that was put in",
    ({ play }) => {
      play.run(`INSERT INTO journal (place, kind, aggregate, revision, key, actor, at, envelope, hash)
        SELECT 0, kind, 'z', 1, key, actor, at, replace(envelope, 'note/c/', 'note/z/'), '' FROM journal
        WHERE aggregate = 'c'`);
      play.run(`UPDATE journal SET envelope = replace(envelope, '"aggregate":"c"', '"aggregate":"z"') WHERE place = 0`);
      rehash(play, "z");
    },
    { fault: "entry-inserted", event: "note/z/1" },
  ],
  [
    "an entry filed under another actor",
    ({ play }) => play.run("UPDATE journal SET actor = 'u2' WHERE aggregate = 'c'"),
    { fault: "entry-misfiled", event: "note/c/1" },
  ],
  [
    "a key that was taken off, so that its cause would count again",
    ({ play }) => play.run("UPDATE journal SET key = NULL WHERE aggregate = 'c'"),
    { fault: "entry-misfiled", event: "note/c/1" },
  ],
  [
    "a changed entry whose leaf was changed as well",
    ({ play, task }) => {
      play.run(changeText("c", 1));
      rehash(play, "c");
      const row = task.query<{ leaves: string }, []>("SELECT leaves FROM witness WHERE service = 'play'").get();
      const leaves: Leaf[] = JSON.parse(row?.leaves ?? "[]");
      const { hash = "" } =
        play.query<{ hash: string }, []>("SELECT hash FROM journal WHERE aggregate = 'c'").get() ?? {};
      const changed = leaves.map((leaf) => (leaf.event === "note/c/1" ? { ...leaf, hash } : leaf));
      const update = task.query("UPDATE witness SET leaves = ? WHERE service = 'play' AND number = 1");
      update.run(JSON.stringify(changed));
    },
    { fault: "root-changed", root: 1 },
  ],
  [
    "a root that was dropped",
    ({ task }) => task.run("DELETE FROM witness WHERE service = 'play' AND number = 1"),
    { fault: "root-missing", root: 1 },
  ],
  [
    "the last root cut off",
    ({ task }) => task.run("DELETE FROM witness WHERE service = 'play' AND number = 2"),
    { fault: "root-missing", root: 2 },
  ],
  [
    "all roots gone",
    ({ task }) => task.run("DELETE FROM witness WHERE service = 'play'"),
    { fault: "root-missing", root: 1 },
  ],
  [
    "a root whose time was changed",
    ({ task }) => task.run(`UPDATE witness SET root = json_set(root, '$.at', '2020-01-01T00:00:00.000Z')`),
    { fault: "root-unsigned", root: 1 },
  ],
  [
    "a root that another key signed",
    ({ task }) => {
      const { publicKey, privateKey } = generateKeyPairSync("ed25519");
      const { x = "" } = publicKey.export({ format: "jwk" });
      const query = task.query<{ root: string }, []>("SELECT root FROM witness WHERE service = 'play' AND number = 1");
      const root: SignedRoot = JSON.parse(query.get()?.root ?? "");
      const forged = { ...root, key: Buffer.from(x, "base64url").toString("hex") };
      const signature = sign(null, Buffer.from(signedText(forged)), privateKey).toString("hex");
      task
        .query("UPDATE witness SET root = ? WHERE service = 'play' AND number = 1")
        .run(JSON.stringify({ ...forged, signature }));
    },
    { fault: "root-unsigned", root: 1 },
  ],
  [
    "a signing key that is gone",
    ({ play }) => play.run("DELETE FROM record_signing_key"),
    { fault: "root-unsigned", root: 1 },
  ],
];

for (const [what, tamper, offence] of tamperings) {
  test(`the verification finds ${what}`, async () => {
    await using platform = await witnessed();
    expect(await platform.offence()).toBeUndefined();
    tamper(platform);
    expect(await platform.offence()).toEqual(offence);
    expect(await platform.offence("task")).toBeUndefined();
  });
}

test("the verification finds a change that nobody has witnessed yet, by the chain", async () => {
  await using platform = await witnessed();
  await platform.note("e", "first");
  await platform.note("e", "then");
  platform.play.run(changeText("e", 1));
  expect(await platform.offence()).toEqual({ fault: "entry-changed", event: "note/e/1" });
  platform.play.run("DELETE FROM journal WHERE aggregate = 'e' AND revision = 1");
  expect(await platform.offence()).toEqual({ fault: "entry-dropped", event: "note/e/1" });
});

test("the verification reads bytes that are no envelope", async () => {
  await using platform = await witnessed();
  await platform.note("e", "late");
  platform.play.run("UPDATE journal SET envelope = 'nonsense' WHERE aggregate = 'e'");
  rehash(platform.play, "e");
  expect(await platform.offence()).toEqual({ fault: "entry-misfiled", event: "note/e/1" });
});

test("a witness that another replica overtakes while it looks raises no alarm", async () => {
  await using platform = await witnessed();
  const { vault, plays, note } = platform;
  let meanwhile = async () => {};
  const slow = {
    ...plays.witness,
    async latest(service: string) {
      const found = await plays.witness.latest(service);
      await meanwhile();
      return found;
    },
  };
  await using witness = createWitness({ services: [{ ...plays, witness: slow }], vault, clock, log: () => {} });
  await witness.witnessNow();
  await note("e", "late");
  meanwhile = async () => {
    meanwhile = async () => {};
    await platform.witness.witnessNow();
  };
  await witness.witnessNow();
  expect(await platform.offence()).toBeUndefined();
});

test("a witness does not go on with a journal whose roots, or whose key, are gone", async () => {
  await using platform = await witnessed();
  await platform.note("e", "late");
  platform.task.run("DELETE FROM witness WHERE service = 'play'");
  expect(await platform.witness.witnessNow().catch(String)).toContain("of 2 roots 0 are left");

  await using other = await witnessed();
  await other.note("e", "late");
  other.play.run("DELETE FROM record_signing_key");
  expect(await other.witness.witnessNow().catch(String)).toContain("the key that signed them is gone");
});

test("one service that can't be witnessed does not keep the others from it", async () => {
  await using platform = await witnessed();
  await platform.note("e", "late");
  await platform.noteTask("t", "late");
  platform.play.run("DELETE FROM record_signing_key");
  expect(await platform.witness.witnessNow().catch(String)).toContain("Cannot witness play");
  expect((await platform.audit.verify()).services[1]).toMatchObject({ entries: 2, roots: 2, unwitnessed: 0 });
});

test("the verification lets others have the thread, and holds while others write", async () => {
  await using platform = start();
  await Promise.all(Array.from({ length: 3_000 }, (_, i) => platform.note(`n${i % 50}`, `${i}`)));
  await platform.witness.witnessNow();
  let turns = 0;
  const ticking = setInterval(() => turns++, 0);
  const verifyingNow = platform.audit.verify();
  const writing = (async () => {
    for (let i = 0; i < 100; i++) await platform.note("n1", `meanwhile ${i}`);
    await platform.witness.witnessNow();
  })();
  const { holds } = await verifyingNow;
  clearInterval(ticking);
  await writing;
  expect(holds).toBe(true);
  expect(turns).toBeGreaterThan(5);
});
