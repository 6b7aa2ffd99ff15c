import { expect, test } from "bun:test";
import { SealBroken } from "../../ports/mod.ts";
import { testVault } from "../../ports/vault_contract.ts";
import { createSecretVault } from "./mod.ts";

const [older, newer] = ["1f".repeat(32), "2e".repeat(32)] as const;

testVault("secret vault", async () => () => createSecretVault(newer));

test("a new key seals, the one before opens what it sealed, and one that is gone opens nothing", async () => {
  const plain = Buffer.from("a key");
  const before = await createSecretVault(older).seal("purpose", plain);
  const both = createSecretVault(`${newer},${older}`);
  expect(await both.open("purpose", before)).toEqual(plain);
  const after = await both.seal("purpose", plain);
  expect(after.key).not.toBe(before.key);
  expect(await createSecretVault(newer).open("purpose", after)).toEqual(plain);
  await expect(createSecretVault(newer).open("purpose", before)).rejects.toBeInstanceOf(SealBroken);
});

test("what is no key is refused, and not repeated", () => {
  for (const text of ["", "12", `${newer},`, newer.toUpperCase(), `${newer}0`]) {
    expect(() => createSecretVault(text)).toThrow("not 64 hex digits");
  }
});
