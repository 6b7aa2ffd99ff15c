import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/** How each of anvil's dumps ends (1.7), and nothing else in it. */
const end = Buffer.from('"historical_states":null}');

/**
 * The state of a chain in its folder. Anvil writes its dump in place, so that one who is killed while at it leaves half a
 * file: a whole dump is moved aside before the next one is written.
 */
export function chainState(folder: string) {
  const [dump, state, earlier] = ["dump.json", "state.json", "earlier.json"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];

  /** Moves a whole dump aside. */
  function keep(): void {
    if (!isWhole(dump)) return;
    if (existsSync(state)) renameSync(state, earlier);
    renameSync(dump, state);
  }

  return {
    /** Where anvil writes. */
    dump,
    keep,

    /** The newest whole state, while no anvil runs; undefined where the chain is new. */
    recover(): string | undefined {
      keep();
      rmSync(dump, { force: true });
      const [kept] = [state, earlier].filter(isWhole);
      if (!kept && (existsSync(state) || existsSync(earlier)))
        throw new Error(
          `Cannot read the development chain's state in "${folder}": remove the data folder to start anew`,
        );
      return kept;
    },
  };
}

function isWhole(path: string): boolean {
  if (!existsSync(path)) return false;
  const file = openSync(path, "r");
  try {
    const tail = Buffer.alloc(end.length);
    const start = fstatSync(file).size - end.length;
    return start > 0 && readSync(file, tail, 0, end.length, start) === end.length && tail.equals(end);
  } finally {
    closeSync(file);
  }
}
