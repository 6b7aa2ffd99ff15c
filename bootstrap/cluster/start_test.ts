import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call } from "../client.ts";
import { until } from "../demo/until.ts";
import { start, untilRunning } from "../end_to_end/_started_test.ts";
import { freePort, installNats, installSecantus, withProgram } from "../servers/mod.ts";

const folder = mkdtempSync(join(tmpdir(), "lucent-cluster-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const port = freePort();
const url = `http://127.0.0.1:${port}`;
const main = join(import.meta.dir, "main.ts");

/** The platform of many processes. */
const running = () => untilRunning(start(main, { LUCENT_PORT: `${port}`, LUCENT_DATA: folder }));

const plays = async () =>
  (await call<{ items: { id: string }[] }>(url, "GET", "/v1/plays")).body.items.map(({ id }) => id);

/** The processes whose command or environment names the folder. */
function processesOf(): readonly string[] {
  const { stdout } = Bun.spawnSync(["ps", "axe", "-o", "pid=,command="], { stdout: "pipe" });
  return stdout
    .toString()
    .split("\n")
    .filter((line) => line.includes(folder) && !line.includes(" ps axe"));
}

await withProgram("SecantusDB and nats-server", "they are installed by pip", async () => {
  await Promise.all([installSecantus(), installNats()]);

  test("one command starts a process a service; one that is killed comes back; all end with it, and it begins where it was", async () => {
    const first = await running();
    const known = await plays();
    expect(known).toHaveLength(1);
    const isPlay = (line: string) => line.includes("LUCENT_SERVICE=play");
    const [victim = ""] = processesOf().filter(isPlay);
    process.kill(Number.parseInt(victim, 10), "SIGKILL");
    await until(
      "the play service to be back",
      () => plays().catch(() => []),
      (ids) => ids.length === 1,
      20_000,
    );
    expect(first.told.text).toContain("play ended (by a signal): it is started again");

    first.child.kill("SIGKILL");
    await until(
      "all that it started to be gone",
      async () => processesOf().filter((line) => !line.includes("anvil")),
      (left) => left.length === 0,
      20_000,
    );

    const second = await running();
    expect(await plays()).toEqual(known);
    second.child.kill("SIGINT");
    expect(await second.child.exited).toBe(0);
    await until(
      "everything to be gone",
      async () => processesOf(),
      (left) => left.length === 0,
      20_000,
    );
  }, 120_000);
});
