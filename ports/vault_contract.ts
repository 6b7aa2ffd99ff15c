import { expect, test } from "bun:test";
import { SealBroken } from "./faults.ts";
import type { Vault } from "./vault.ts";

const purpose = "wallet/w1/seed/1";
const plain = () => Uint8Array.from({ length: 32 }, (_, index) => index);

/** Another character in the middle: base64url as before, other bytes. */
function changed(text: string): string {
  const place = Math.floor(text.length / 2);
  return `${text.slice(0, place)}${text[place] === "A" ? "B" : "A"}${text.slice(place + 1)}`;
}

/**
 * What every vault must do. `begin` gives a vault that has sealed nothing yet, as it opens in one process; each call of what
 * it gives opens it in another.
 */
export function testVault(name: string, begin: () => Promise<() => Vault>) {
  const fresh = async () => (await begin())();

  test(`${name}: open() gives back what was sealed, also after a stay as JSON`, async () => {
    const vault = await fresh();
    const sealed = await vault.seal(purpose, plain());
    expect(new Uint8Array(await vault.open(purpose, JSON.parse(JSON.stringify(sealed))))).toEqual(plain());
    const nothing = await vault.seal(purpose, new Uint8Array());
    expect((await vault.open(purpose, nothing)).length).toBe(0);
  });

  test(`${name}: seal() leaves the plain bytes to the caller, and shows nothing of them`, async () => {
    const vault = await fresh();
    const bytes = plain();
    const told = JSON.stringify(await vault.seal(purpose, bytes));
    expect(bytes).toEqual(plain());
    for (const encoding of ["hex", "base64", "base64url"] as const) {
      expect(told).not.toContain(Buffer.from(bytes.subarray(0, 12)).toString(encoding));
    }
  });

  test(`${name}: seal() never uses a nonce twice`, async () => {
    const vault = await fresh();
    const sealed = await Promise.all(Array.from({ length: 100 }, () => vault.seal(purpose, plain())));
    expect(new Set(sealed.map(({ key, nonce }) => `${key} ${nonce}`)).size).toBe(100);
    expect(new Set(sealed.map(({ ciphertext }) => ciphertext)).size).toBe(100);
  });

  test(`${name}: open() for another purpose is SealBroken`, async () => {
    const vault = await fresh();
    const sealed = await vault.seal(purpose, plain());
    for (const other of ["wallet/w2/seed/1", "wallet/w1/seed/2", "wallet/w1/seed/", ""]) {
      await expect(vault.open(other, sealed)).rejects.toBeInstanceOf(SealBroken);
    }
  });

  test(`${name}: open() of changed or cut bytes is SealBroken`, async () => {
    const vault = await fresh();
    const sealed = await vault.seal(purpose, plain());
    for (const broken of [
      { ...sealed, ciphertext: changed(sealed.ciphertext) },
      { ...sealed, ciphertext: sealed.ciphertext.slice(0, -4) },
      { ...sealed, ciphertext: "" },
      { ...sealed, nonce: changed(sealed.nonce) },
      { ...sealed, nonce: "" },
    ]) {
      await expect(vault.open(purpose, broken)).rejects.toBeInstanceOf(SealBroken);
    }
  });

  test(`${name}: open() by a key that the vault does not have is SealBroken`, async () => {
    const vault = await fresh();
    const sealed = await vault.seal(purpose, plain());
    await expect(vault.open(purpose, { ...sealed, key: `${sealed.key}0` })).rejects.toBeInstanceOf(SealBroken);
  });

  test(`${name}: open() gives back what another process sealed before`, async () => {
    const openVault = await begin();
    const sealed = await openVault().seal(purpose, plain());
    expect(new Uint8Array(await openVault().open(purpose, sealed))).toEqual(plain());
  });

  test(`${name}: of processes that seal first at once, each opens what the others sealed`, async () => {
    const openVault = await begin();
    const vaults = Array.from({ length: 4 }, openVault);
    const sealed = await Promise.all(vaults.map((vault) => vault.seal(purpose, plain())));
    for (const vault of [...vaults, openVault()]) {
      const opened = await Promise.all(sealed.map((each) => vault.open(purpose, each)));
      expect(opened.map((bytes) => new Uint8Array(bytes))).toEqual(sealed.map(plain));
    }
  });

  test(`${name}: seals and opens at once do not disturb each other, and long bytes pass`, async () => {
    const vault = await fresh();
    const texts = Array.from({ length: 50 }, (_, index) => Buffer.alloc(1 + index * 1_000, `text ${index}`));
    const sealed = await Promise.all(texts.map((text, index) => vault.seal(`p/${index}`, text)));
    const opened = await Promise.all(sealed.map((each, index) => vault.open(`p/${index}`, each)));
    expect(opened.map((bytes) => Buffer.from(bytes))).toEqual(texts);
  });
}
