import { expect, test } from "bun:test";
import { Signature, Wallet } from "ethers";
import type { AccountId } from "../../domains/shared/mod.ts";
import { canonicalEvmAccount, verifyEvmSignature } from "./signatures.ts";

// Account 0 of the mnemonic "test test … junk", as every development chain has it.
const wallet = new Wallet("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
const address = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const account = `eip155:1:${address}` as AccountId;
const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

test("canonicalEvmAccount() spells an account in one way (EIP-55)", () => {
  expect(canonicalEvmAccount(account)).toBe(account);
  expect(canonicalEvmAccount(account.toLowerCase())).toBe(account);
  expect(canonicalEvmAccount(`eip155:1:0x${address.slice(2).toUpperCase()}`)).toBe(account);
});

test.each([
  `eip155:1:${address.replace("f39F", "F39f")}`,
  `eip155:01:${address}`,
  `eip155:0:${address}`,
  `eip155:abc:${address}`,
  `eip155:1:${address.slice(2)}`,
  `eip155:1:${address}00`,
  `solana:1:${address}`,
  `eip155:1:XE${address.slice(2)}`,
  address,
  "",
])("canonicalEvmAccount() does not take %p", (text) => {
  expect(canonicalEvmAccount(text)).toBeUndefined();
});

test("verifyEvmSignature() finds what the account's key signed", async () => {
  const signature = await wallet.signMessage("Sign in");
  expect(await verifyEvmSignature(account, "Sign in", signature)).toBe(true);
  expect(await verifyEvmSignature(account, "Sign in", `0x${signature.slice(2).toUpperCase()}`)).toBe(true);
  expect(await verifyEvmSignature(account, "Sign out", signature)).toBe(false);
  expect(await verifyEvmSignature(account.toLowerCase() as AccountId, "Sign in", signature)).toBe(false);
});

test("verifyEvmSignature() refuses another key's signature", async () => {
  const other = await Wallet.createRandom().signMessage("Sign in");
  expect(await verifyEvmSignature(account, "Sign in", other)).toBe(false);
});

test("verifyEvmSignature() refuses the twin that anyone can make of a signature (EIP-2)", async () => {
  const { r, s, v } = Signature.from(await wallet.signMessage("Sign in"));
  const high = (order - BigInt(s)).toString(16).padStart(64, "0");
  const twin = `${r}${high}${v === 27 ? "1c" : "1b"}`;
  expect(twin).toHaveLength(132);
  expect(await verifyEvmSignature(account, "Sign in", twin)).toBe(false);
});

test("verifyEvmSignature() refuses what is not 65 bytes, and never throws", async () => {
  const signature = await wallet.signMessage("Sign in");
  const { compactSerialized } = Signature.from(signature);
  for (const bad of [
    ...[compactSerialized, `${signature}00`, signature.slice(0, -2), signature.slice(2), `${signature.slice(0, -2)}25`],
    ...[
      "",
      "0x",
      "signature",
      `0x${"00".repeat(65)}`,
      `0x${"ff".repeat(64)}1b`,
      `0x${"zz".repeat(65)}`,
      ` ${signature}`,
    ],
  ]) {
    expect(await verifyEvmSignature(account, "Sign in", bad)).toBe(false);
  }
});
