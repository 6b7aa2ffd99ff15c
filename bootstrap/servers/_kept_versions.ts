import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

type Versioned = { readonly version: string };

/** A file that is whole at any moment, also where the process is killed; for its owner only. */
export function writeWhole(path: string, value: unknown): void {
  const draft = `${path}.draft`;
  const file = openSync(draft, "w", 0o600);
  try {
    writeSync(file, JSON.stringify(value));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/** Plain data by name, each with its versions, the current one last; in a folder where one is named, a file a name. */
export function keepVersions<Version extends Versioned>(folder?: string) {
  const all = new Map<string, Version[]>();
  const path = (name: string) => join(folder ?? "", `${name}.json`);
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const file of readdirSync(folder).filter((each) => each.endsWith(".json"))) {
      const name = file.slice(0, -".json".length);
      all.set(name, JSON.parse(readFileSync(path(name), "utf8")));
    }
  }
  return {
    /** The version of that name, or the current one where none is named. */
    find(name: string, version?: string): Version | undefined {
      const versions = all.get(name);
      return version ? versions?.find((each) => each.version === version) : versions?.at(-1);
    },
    /** Puts a version in the place of the one that is called as it is, or after the others. */
    put(name: string, version: Version): void {
      const versions = all.get(name) ?? [];
      const place = versions.findIndex((each) => each.version === version.version);
      const next = place < 0 ? [...versions, version] : versions.with(place, version);
      if (folder !== undefined) writeWhole(path(name), next);
      all.set(name, next);
    },
    remove(name: string): void {
      if (folder !== undefined) rmSync(path(name), { force: true });
      all.delete(name);
    },
  };
}
