import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { freePort, startSecantus, withMongodb } from "../../bootstrap/servers/mod.ts";
import { StoreUnreachable, transact } from "../../ports/mod.ts";
import { isLockedOut } from "./_faults.ts";
import { cause, clock, noted, notesKind } from "./_notes.ts";
import { startProxy } from "./_proxy_test.ts";
import { freshName, replica } from "./_stand_test.ts";
import { createStores, openDatabase } from "./mod.ts";

await withMongodb((url) => {
  test("each service reads and writes its own database, and with its credentials no other's", async () => {
    const storage = mkdtempSync(join(tmpdir(), "lucent-access-"));
    try {
      await using open = await startSecantus({ storage });
      const admin = new MongoClient(open.url);
      for (const name of ["wallet", "task"]) {
        const roles = [{ role: "readWrite", db: name }];
        await admin.db(name).command({ createUser: name, pwd: `secret of ${name}`, roles });
      }
      await admin.close();
      await open[Symbol.asyncDispose]();

      await using server = await startSecantus({ storage, auth: true });
      const as = (user: string, password: string, name = user) => {
        const credentials = `${user}:${encodeURIComponent(password)}`;
        const authenticated = server.url.replace("mongodb://", `mongodb://${credentials}@`);
        return openDatabase({ url: `${authenticated}/${name}?authSource=${user}` });
      };
      await using wallet = as("wallet", "secret of wallet");
      await using task = as("task", "secret of task");
      const [wallets, tasks] = [wallet, task].map((database) => createStores(database, clock));
      const mine = wallets?.open(notesKind);
      if (!mine || !tasks) throw new Error("There are two");
      await transact(mine, "a", cause, () => noted("1"));
      expect((await tasks.open(notesKind).load("a")).revision).toBe(0);

      await using intruder = as("task", "secret of task", "wallet");
      const theirs = createStores(intruder, clock).open(notesKind);
      await expect(theirs.load("a")).rejects.toThrow("not authorized");
      await expect(transact(theirs, "b", cause, () => noted("1"))).rejects.toThrow("not authorized");
      for (const database of [as("wallet", "another secret"), openDatabase({ url: server.url, name: "wallet" })]) {
        await using _ = database;
        const refused = createStores(database, clock).open(notesKind).load("a");
        await expect(refused).rejects.toThrow(/auth/i);
        await expect(refused).rejects.not.toBeInstanceOf(StoreUnreachable);
      }
      expect((await mine.load("a")).revision).toBe(1);
    } finally {
      rmSync(storage, { recursive: true });
    }
  });

  test("who was let in before, and is locked out while a password is changed, may try again", async () => {
    const storage = mkdtempSync(join(tmpdir(), "lucent-access-"));
    const port = freePort();
    try {
      const letIn = async (pwd: string) => {
        await using open = await startSecantus({ storage, port });
        await using admin = new MongoClient(open.url);
        const task = admin.db("task");
        await task.command({ dropUser: "task" }).catch(() => {});
        await task.command({ createUser: "task", pwd, roles: [{ role: "readWrite", db: "task" }] });
      };
      await letIn("old");
      const url = `mongodb://task:old@127.0.0.1:${port}/task?authSource=task`;
      await using database = openDatabase({ url, deadline: 4_000 });
      const notes = createStores(database, clock).open(notesKind);
      {
        await using _ = await startSecantus({ storage, port, auth: true });
        await transact(notes, "a", cause, () => noted("1"));
      }
      await letIn("new");
      await using _ = await startSecantus({ storage, port, auth: true });
      const lockedOut = async () => {
        for (;;) {
          const error = await notes.load("a").catch((error) => error);
          expect(error).toBeInstanceOf(StoreUnreachable);
          if (isLockedOut(error.cause)) return true;
        }
      };
      expect(await lockedOut()).toBe(true);
    } finally {
      rmSync(storage, { recursive: true });
    }
  }, 60_000);

  test("a server that is not there, or says nothing, is a fault in time: never taken for absence", async () => {
    const silent = createServer(() => {});
    const { promise: listening, resolve } = Promise.withResolvers<void>();
    silent.listen(0, "127.0.0.1", resolve);
    await listening;
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : undefined;
    try {
      for (const where of ["mongodb://127.0.0.1:1", `mongodb://127.0.0.1:${port}`]) {
        const start = performance.now();
        const { notes, stores } = replica(where, "away", {}, 300);
        await expect(notes.load("a")).rejects.toThrow(StoreUnreachable);
        await expect(stores.records({ name: "secret", indexes: [] }).get("a")).rejects.toThrow(StoreUnreachable);
        await expect(stores.journal.read({ limit: 1 })).rejects.toMatchObject({ retryable: true });
        expect(performance.now() - start).toBeLessThan(5_000);
      }
    } finally {
      silent.close();
    }
  });

  test("a server that comes up after its clients is found", async () => {
    const port = freePort();
    const { notes } = replica(`mongodb://127.0.0.1:${port}`, "late", {}, 600);
    for (let tries = 0; tries < 2; tries++) await expect(notes.load("a")).rejects.toThrow(StoreUnreachable);
    await using _ = await startSecantus({ port });
    expect(await notes.load("a")).toMatchObject({ revision: 0 });
  });

  test("what was begun while the database was away works when it is back, with the same stores", async () => {
    let away = true;
    await using proxy = await startProxy(url, () => (away ? "cut" : "deliver"));
    const { notes, stores } = replica(`${proxy.url}/?directConnection=true`, freshName(), {}, 1_000);
    await expect(notes.load("a")).rejects.toThrow(StoreUnreachable);
    away = false;
    await transact(notes, "a", cause, () => noted("1"));
    away = true;
    proxy.cutAll();
    await expect(notes.load("a")).rejects.toThrow(StoreUnreachable);
    away = false;
    await transact(notes, "a", cause, () => noted("2"));
    expect((await stores.journal.read({ limit: 9 })).items.map(({ envelope }) => envelope.revision)).toEqual([1, 2]);
  });
});
