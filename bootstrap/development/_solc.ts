/**
 * Compiles: solc's standard JSON on stdin, its answer on stdout. A process of its own, for its 200 MB end with it.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import solc from "solc";

const { resolve } = createRequire(import.meta.url);

function read(path: string): { contents: string } | { error: string } {
  try {
    return { contents: readFileSync(resolve(path), "utf8") };
  } catch (error) {
    return { error: String(error) };
  }
}

process.stdout.write(solc.compile(await Bun.stdin.text(), { import: read }));
