/** Ends the process with one message that lists all that is wrong. */
export function refuse(faults: readonly string[], what = "Lucent can't start"): never {
  process.stderr.write(`${what}:\n${faults.map((fault) => `  - ${fault}\n`).join("")}`);
  process.exit(1);
}
