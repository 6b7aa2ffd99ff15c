import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free_port.ts";
import { installed, ServerMissing, step } from "./_install.ts";
import { startProcess } from "./_process.ts";

const cache = mkdtempSync(join(tmpdir(), "lucent-servers-"));
const { XDG_CACHE_HOME: before } = process.env;
process.env.XDG_CACHE_HOME = cache;
afterAll(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  rmSync(cache, { recursive: true });
});

test("of several who install at once, all find one whole installation, and nothing else is left", async () => {
  const install = async (folder: string) => {
    writeFileSync(join(folder, "first"), "");
    await Bun.sleep(5);
    writeFileSync(join(folder, "second"), "");
  };
  const folders = await Promise.all([1, 2, 3, 4].map(() => installed("thing-1", install)));
  expect(new Set(folders)).toEqual(new Set([join(cache, "lucent", "thing-1")]));
  expect(readdirSync(folders[0] ?? "")).toEqual(["first", "second"]);
  await installed("thing-1", () => Promise.reject(new Error("It is installed")));
  expect(readdirSync(join(cache, "lucent"))).toEqual(["thing-1"]);
});

test("an installation that fails says what is missing, and leaves nothing", async () => {
  const failing = (command: string) => installed("thing-2", () => step("the thing", "sh", "-c", command));
  await expect(failing("echo no network >&2; exit 1")).rejects.toThrow("Cannot install the thing: sh: no network");
  await expect(installed("thing-2", () => step("the thing", "no-such-program"))).rejects.toThrow(ServerMissing);
  expect(readdirSync(join(cache, "lucent"))).toEqual(["thing-1"]);
});

test("a free port is one that no outgoing connection gets", () => {
  const ports = Array.from({ length: 50 }, freePort);
  expect(Math.max(...ports)).toBeLessThan(32_768);
  expect(new Set(ports).size).toBeGreaterThan(40);
});

test("a server that ends instead of answering is told with its last words", async () => {
  const command = ["sh", "-c", "echo the port is taken >&2; exit 3"];
  const starting = startProcess({ name: "Thing", url: "", command, answers: async () => false });
  await expect(starting).rejects.toThrow("Cannot start Thing: it ended: the port is taken");
});

test("a server and its folder go with the process that started it, even one that is killed", async () => {
  const note = join(cache, "pid");
  const temporary = mkdtempSync(join(cache, "temporary-"));
  const code = `import { startProcess } from "${join(import.meta.dir, "_process.ts")}";
    const it = await startProcess({
      ...{ name: "it", url: "", command: ["sleep", "100"], answers: async () => true },
      temporary: "${temporary}",
    });
    await Bun.write("${note}", String(it.pid));
    await Bun.sleep(100_000);`;
  const parent = Bun.spawn([process.execPath, "-e", code], { stdio: ["ignore", "inherit", "inherit"] });
  while (!(await Bun.file(note).exists()) || readFileSync(note, "utf8") === "") await Bun.sleep(5);
  const pid = Number(readFileSync(note, "utf8"));
  expect(process.kill(pid, 0)).toBe(true);
  parent.kill("SIGKILL");
  await parent.exited;
  for (let alive = true; alive; await Bun.sleep(5)) {
    try {
      process.kill(pid, 0);
    } catch {
      alive = false;
    }
  }
  while (existsSync(temporary)) await Bun.sleep(5);
});
