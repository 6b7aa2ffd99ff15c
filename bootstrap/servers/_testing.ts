import { test } from "bun:test";
import { ServerMissing } from "./_install.ts";

type Needed = {
  readonly name: string;
  /** Names the environment variable with the URL of a server to use instead. */
  readonly variable: string;
  readonly start: () => Promise<{ readonly url: string }>;
};

/** By name: the test files of one run share them. They end with this process. */
const started = new Map<string, Promise<{ readonly url: string }>>();

/**
 * Declares tests that need a real server: the one that the variable names, or one that is installed and started for them.
 * Where it can't be had the tests are skipped, loudly; in CI that is a failure.
 */
export async function withServer({ name, variable, start }: Needed, declare: (url: string) => void): Promise<void> {
  const given = process.env[variable];
  if (given) return declare(given);
  await withProgram(name, `set ${variable} to use another one`, async () => {
    const starting = started.get(name) ?? start();
    started.set(name, starting);
    declare((await starting).url);
  });
}

/** Declares tests that start a server's program themselves. Where it can't be installed they are skipped, in CI they fail. */
export async function withProgram(name: string, hint: string, declare: () => Promise<void>): Promise<void> {
  try {
    await declare();
  } catch (error) {
    if (!(error instanceof ServerMissing) || process.env.CI === "true") throw error;
    process.stderr.write(`SKIPPED: tests that need ${name} (${hint}): ${error.message}\n`);
    test.skip(`${name} is missing`, () => {});
  }
}
