import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startNats, withOwnNats } from "../servers/mod.ts";
import { type Supervised, supervise } from "./supervised.ts";

const opened = new AsyncDisposableStack();
afterAll(() => opened.disposeAsync());

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "lucent-supervised-"));
  opened.defer(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

await withOwnNats(() => {
  async function supervised() {
    const storage = folder();
    const port = freePort();
    return { storage, server: opened.use(await supervise(() => startNats({ storage, port }))) };
  }

  test("a server that is killed is started again where it was", async () => {
    const { server } = await supervised();
    const { url } = server;
    await killed(server);
    expect(server.url).toBe(url);
    expect(isRunning(server.pid)).toBe(true);
  });

  test("what is done between a server's end and its start is done while it is down", async () => {
    const { server, storage } = await supervised();
    const { pid } = server;
    const note = join(storage, "note");
    await server.restart(() => writeFileSync(note, `${isRunning(pid)}`));
    expect(existsSync(note)).toBe(true);
    expect(await Bun.file(note).text()).toBe("false");
    expect(server.pid).not.toBe(pid);
    rmSync(note);
    await killed(server);
    expect(existsSync(note)).toBe(false);
  });

  test("a server that is disposed of stays down, though it was being started again", async () => {
    const { server } = await supervised();
    server.kill("SIGKILL");
    await server.exited;
    await server[Symbol.asyncDispose]();
    expect(isRunning(server.pid)).toBe(false);
  });
});

/** Resolves once it runs again. */
async function killed(server: Supervised): Promise<void> {
  const { pid } = server;
  server.kill("SIGKILL");
  while (server.pid === pid) await Bun.sleep(10);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
