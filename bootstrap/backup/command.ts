import { NotOurs } from "../../adapters/age/mod.ts";
import { createLog } from "../../adapters/pino/mod.ts";
import { type Config, readConfig } from "../config.ts";
import { refuse } from "../refuse.ts";
import { BadBackup } from "./archive.ts";
import { type Custody, openCustody } from "./custody.ts";
import { NotEmpty } from "./restore.ts";

/** Runs a command on the wallet service's stores, as the environment names them, and ends the process. */
export async function command(
  what: string,
  check: (config: Config, file: string | undefined) => readonly string[],
  work: (custody: Custody, config: Config, file: string) => Promise<string>,
): Promise<never> {
  const cannot = `Cannot ${what}`;
  const outcome = readConfig(process.env);
  if ("faults" in outcome) refuse(outcome.faults, cannot);
  const { config } = outcome;
  const [file = ""] = process.argv.slice(2);
  const faults = [...(file === "" ? ["name a file"] : []), ...check(config, file)];
  if (faults.length > 0) refuse(faults, cannot);
  try {
    await using custody = await openCustody(config, createLog({ level: config.logLevel }));
    process.stdout.write(`${await work(custody, config, file)}\n`);
  } catch (error) {
    refuse([explained(error)], cannot);
  }
  process.exit(0);
}

function explained(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  if (code === "EEXIST") return "there is such a file already";
  if (error instanceof NotOurs) return message;
  if (error instanceof BadBackup) return `the backup is damaged: ${message}`;
  if (error instanceof NotEmpty)
    return `${message}: a backup is restored into an empty platform only, and what was begun is completed by the same file`;
  return message;
}
