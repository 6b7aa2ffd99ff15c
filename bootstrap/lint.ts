/**
 * `npm run lint`: formatter and linter, types (the cores' own too), dead code.
 *
 * @module
 */
const checks = [["biome", "check", "."], ["tsc", "-p", "."], ["tsc", "-p", "domains"], ["knip"]] as const;

/** Runs all, so that one look shows every fault. Answers the names of those that failed. */
export async function lint(folder: string): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const check of checks) {
    const { exited } = Bun.spawn(["bun", "x", "--no-install", ...check], {
      cwd: folder,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if ((await exited) !== 0) failed.push(check.join(" "));
  }
  return failed;
}

if (import.meta.main) {
  const failed = await lint(process.cwd());
  for (const check of failed) process.stderr.write(`Failed: ${check}\n`);
  process.exit(failed.length > 0 ? 1 : 0);
}
