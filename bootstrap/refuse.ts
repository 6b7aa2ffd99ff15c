/** Ends the process with one message that lists all that is wrong. */
export function refuse(faults: readonly string[]): never {
  process.stderr.write(`Lucent can't start:\n${faults.map((fault) => `  - ${fault}\n`).join("")}`);
  process.exit(1);
}
