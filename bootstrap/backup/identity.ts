import { readFileSync, statSync } from "node:fs";
import { isIdentity } from "../../adapters/age/mod.ts";

/** The private key in a file as `age-keygen` writes it: comments, and one line with the key. It must be its owner's alone. */
export function readIdentity(path: string): { readonly identity: string; readonly faults: readonly string[] } {
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .map((line) => line.trim());
  const [identity = "", ...others] = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const faults = [
    (statSync(path).mode & 0o077) !== 0 && "LUCENT_BACKUP_IDENTITY_FILE: others may read it (chmod 600)",
    (!isIdentity(identity) || others.length > 0) &&
      "LUCENT_BACKUP_IDENTITY_FILE: it must hold one private key of age (AGE-SECRET-KEY-1…)",
  ].filter((fault) => fault !== false);
  return { identity, faults };
}
