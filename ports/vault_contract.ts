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

/** What every vault must do. `fresh` gives one that has sealed nothing yet. */
export function testVault(name: string, fresh: () => Promise<Vault>) {
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
}
