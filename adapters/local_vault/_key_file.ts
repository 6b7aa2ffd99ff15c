import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { VaultUnreachable } from "../../ports/mod.ts";

/** Keys by id; `current` is the one that seals. Older ones stay, to open what they sealed. */
export type KeyRing = { readonly current: string; readonly keys: ReadonlyMap<string, Buffer> };

const keyLength = 32;

/** Undefined where there is no such file. What it holds never gets into a fault: parsers quote what they read. */
export async function readKeys(path: string): Promise<KeyRing | undefined> {
  const text = await attempt(path, async () => {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0)
      throw new VaultUnreachable(`Cannot use key file "${path}": others may read it (chmod 600)`);
    return await readFile(path, "utf8");
  });
  return text === undefined ? undefined : parse(path, text);
}

/** Makes a key file of one random key. Of two who try at once, one's file stands, and both get that. */
export async function makeKeys(path: string): Promise<KeyRing> {
  const ring = withNewKey(new Map());
  const draft = `${path}.${ring.current}`;
  await attempt(path, async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await write(draft, textOf(ring));
    // A link never replaces a file, as a rename would.
    await link(draft, path).catch((error) => {
      if (error.code !== "EEXIST") throw error;
    });
    await unlink(draft);
    await syncFolder(dirname(path));
  });
  const keys = await readKeys(path);
  if (!keys) throw missing(path);
  return keys;
}

/** Puts what `change` makes of the keys in the file's place, at once. One at a time: a key that got lost so would close things. */
export async function changeKeys(path: string, change: (ring: KeyRing) => KeyRing): Promise<KeyRing> {
  const draft = `${path}.changing`;
  const changed = await attempt(path, async () => {
    const ring = await readKeys(path);
    if (!ring) throw missing(path);
    const next = change(ring);
    await write(draft, textOf(next)).catch((error) => {
      if (error.code !== "EEXIST") throw error;
      throw new VaultUnreachable(
        `Cannot change key file "${path}": another one does, or was ended while it did ("${draft}")`,
      );
    });
    await rename(draft, path);
    await syncFolder(dirname(path));
    return next;
  });
  if (!changed) throw missing(path);
  return changed;
}

/** With another random key, which seals from now on. */
export function withNewKey(keys: KeyRing["keys"]): KeyRing {
  const id = Bun.randomUUIDv7();
  return { current: id, keys: new Map([...keys, [id, randomBytes(keyLength)]]) };
}

function textOf({ current, keys }: KeyRing): string {
  const texts = [...keys].map(([id, key]) => [id, key.toString("base64url")]);
  return JSON.stringify({ current, keys: Object.fromEntries(texts) });
}

export function missing(path: string): VaultUnreachable {
  return new VaultUnreachable(`Cannot find key file "${path}": what it sealed stays closed until the file is back`);
}

async function write(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function parse(path: string, text: string): KeyRing {
  const { current, keys = {} } = parsed(text) ?? {};
  const ring = new Map(Object.entries(keys).map(([id, key]) => [id, Buffer.from(String(key), "base64url")]));
  const whole = [...ring.values()].every(({ length }) => length === keyLength);
  if (typeof current !== "string" || !ring.has(current) || !whole)
    throw new VaultUnreachable(`Cannot read key file "${path}": it is damaged`);
  return { current, keys: ring };
}

function parsed(text: string): { current?: unknown; keys?: Record<string, unknown> } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined where there is no file; any other trouble with it is the vault's outage. */
async function attempt<T>(path: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof VaultUnreachable) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new VaultUnreachable(`Cannot use key file "${path}" (${code})`);
  }
}
