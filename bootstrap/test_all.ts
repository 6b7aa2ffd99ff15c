/**
 * `npm test`: lint, then every test; the last line says how many passed and failed.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lint } from "./lint.ts";

type Run = { readonly paths: readonly string[]; readonly mode?: "distributed"; readonly but?: readonly string[] };

const whole = ["demo", "openapi", "input_sweep", "arrivals", "order_ends"];

const many = ["bootstrap/cluster", "bootstrap/faults"];

/**
 * Those of a row side by side: tests of the whole platform mostly wait for a chain. They run again on it as six services, and
 * beside that those which start a process for each service.
 */
const rows: readonly (readonly Run[])[] = [
  [{ paths: ["bootstrap", "bench"], but: many }, { paths: ["adapters", "domains", "ports", "bootstrap/cluster"] }],
  [
    { paths: whole.map((name) => `bootstrap/end_to_end/${name}_test.ts`), mode: "distributed" },
    { paths: ["bootstrap/faults"] },
  ],
];

type Counts = { readonly passed: number; readonly failed: number };

const folder = mkdtempSync(join(tmpdir(), "lucent-test-"));
const chosen = process.argv.slice(2);
const faults = await lint(process.cwd());
const counts: Counts[] = [];
for (const row of chosen.length > 0 ? [[{ paths: chosen }]] : rows) {
  counts.push(...(await Promise.all(row.map((run) => runTests(run)))));
}
rmSync(folder, { recursive: true });
for (const fault of faults) process.stderr.write(`Lint failed: ${fault}\n`);
const failed = counts.reduce((sum, each) => sum + each.failed, faults.length);
const passed = counts.reduce((sum, each) => sum + each.passed, faults.length === 0 ? 1 : 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed > 0 ? 1 : 0);

/** Runs the tests below some folders, and prints what they said once they are through. */
async function runTests({ paths, mode, but = [] }: Run): Promise<Counts> {
  const report = join(folder, `${Bun.randomUUIDv7()}.xml`);
  const ignored = but.map((path) => `--path-ignore-patterns=${path}/**`);
  const options = [...ignored, "--timeout", "60000", "--reporter=junit", `--reporter-outfile=${report}`];
  const tests = Bun.spawn(["bun", "test", ...options, ...paths.map((path) => `./${path}`)], {
    env: { ...process.env, ...(mode && { LUCENT_MODE: mode }) },
    stdin: "ignore",
    ...({ stdout: "pipe", stderr: "pipe" } as const),
  });
  const said = await Promise.all([new Response(tests.stdout).text(), new Response(tests.stderr).text()]);
  const code = await tests.exited;
  process.stdout.write(said.join(""));
  return countsOf(readFileSync(report, "utf8"), code);
}

function countsOf(report: string, code: number): Counts {
  const found = /<testsuites[^>]* tests="(\d+)"[^>]* failures="(\d+)"[^>]* skipped="(\d+)"/.exec(report);
  const [total = 0, failures = 0, skipped = 0] = found?.slice(1).map(Number) ?? [];
  // A test file that does not load, a runner that dies, and no test at all count as a failure though no test of it ran.
  const broken = (code !== 0 || total === 0) && failures === 0 ? 1 : 0;
  return { passed: total - failures - skipped, failed: failures + broken };
}
