import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call } from "../client.ts";
import { until } from "../demo/until.ts";
import { commandOf } from "../development/_anvil_process.ts";
import { freePort } from "../free_port.ts";
import { start, untilRunning } from "./_started_test.ts";

const main = join(import.meta.dir, "..", "main.ts");
const folder = mkdtempSync(join(tmpdir(), "lucent-start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts what can't start; answers what it said. */
async function refused(variables: Readonly<Record<string, string>>): Promise<string> {
  const child = start(main, variables);
  const told = await new Response(child.stderr).text();
  expect(await child.exited).toBe(1);
  expect(told).not.toMatch(/^\s+at /m);
  return told;
}

test("every faulty and every unknown variable is named at once", async () => {
  const told = await refused({
    LUCENT_PORT: "99999",
    LUCENT_MODE: "sharded",
    LUCENT_PROT: "1",
    LUCENT_DATA: folder,
    LUCENT_NETWORKS: "[{}]",
  });
  for (const name of ["LUCENT_PORT", "LUCENT_MODE", "LUCENT_PROT", "LUCENT_NETWORKS"])
    expect(told).toContain(`- ${name}: `);
});

test("a port that is taken and a folder that can't be written to are told together, and with a faulty variable", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const both = { LUCENT_PORT: `${taken.port}`, LUCENT_DATA: join(file, "data") };
  for (const told of [await refused(both), await refused({ ...both, LUCENT_MODE: "sharded" })]) {
    expect(told).toContain("- LUCENT_PORT: cannot listen");
    expect(told).toContain("- LUCENT_DATA: cannot write");
  }
  taken.stop(true);
});

test("a default in a faulty variable's place is not looked at", async () => {
  const told = await refused({ LUCENT_PORT: "99999", LUCENT_DATA: folder });
  expect(told.match(/LUCENT_/g)).toHaveLength(1);
});

test("production refuses every development default by name", async () => {
  const development = { LUCENT_DEMO_DATA: "on", LUCENT_ORIGINS: "*", LUCENT_DATA: folder };
  const told = await refused({ LUCENT_ENVIRONMENT: "production", ...development });
  const names = ["NETWORKS", "SUPER_ADMINS", "ORIGINS", "DEMO_DATA", "PUBLIC_URL", "MODE"];
  for (const name of names) expect(told).toContain(`- LUCENT_${name}: `);
});

let port: number;
let data: string;
beforeAll(() => {
  port = freePort();
  data = join(folder, "data");
});

const running = () => untilRunning(start(main, { LUCENT_PORT: `${port}`, LUCENT_DATA: data }));

const plays = async () =>
  (await call<{ items: { id: string }[] }>(`http://127.0.0.1:${port}`, "GET", "/v1/plays")).body.items.map(
    ({ id }) => id,
  );
const chainPid = () => Number(readFileSync(join(data, "chain", "pid"), "utf8"));

test("it survives kill -9 and finds its chain again; a signal ends it with all that it started, and 0", async () => {
  const first = await running();
  for (const line of ["Swagger UI", "Development accounts", "npm run demo", "npm run token"]) {
    expect(first.told.text).toContain(line);
  }
  const [known, pid] = [await plays(), chainPid()];
  expect(known).toHaveLength(1);
  expect(await refused({ LUCENT_PORT: `${freePort()}`, LUCENT_DATA: data })).toContain("another Lucent uses");
  first.child.kill("SIGKILL");
  await first.child.exited;
  expect(commandOf(pid)).toContain("anvil");

  const second = await running();
  expect([await plays(), chainPid()]).toEqual([known, pid]);
  second.child.kill("SIGINT");
  expect(await second.child.exited).toBe(0);
  await until(
    "the chain to be gone",
    async () => commandOf(pid),
    (command) => command === "",
    10_000,
  );
}, 60_000);
