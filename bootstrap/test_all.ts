/**
 * `npm test`: lint, then every test; the last line says how many passed and failed.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lint } from "./lint.ts";

const faults = await lint(process.cwd());
const folder = mkdtempSync(join(tmpdir(), "lucent-test-"));
const report = join(folder, "junit.xml");
const tests = Bun.spawn(
  ["bun", "test", "--timeout", "60000", "--reporter=junit", `--reporter-outfile=${report}`, ...process.argv.slice(2)],
  {
    stdio: ["ignore", "inherit", "inherit"],
  },
);
const code = await tests.exited;
const [, total = 0, failures = 0, skipped = 0] =
  /<testsuites[^>]* tests="(\d+)"[^>]* failures="(\d+)"[^>]* skipped="(\d+)"/
    .exec(readFileSync(report, "utf8"))
    ?.map(Number) ?? [];
rmSync(folder, { recursive: true });
for (const fault of faults) process.stderr.write(`Lint failed: ${fault}\n`);
// A test file that does not load, or a runner that dies, counts as a failure though no test of it ran.
const failed = failures + faults.length + (code !== 0 && failures === 0 ? 1 : 0);
const passed = total - failures - skipped + (faults.length === 0 ? 1 : 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed > 0 || total === 0 ? 1 : 0);
