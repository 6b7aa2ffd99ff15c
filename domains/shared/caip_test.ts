import { expect, test } from "bun:test";
import { type AccountId, accountId, isNetworkId, type NetworkId, parseAccount, parseAsset } from "./mod.ts";

const address = "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb";
const bitcoin = "bip122:000000000019d6689c085ae165831e93";
const networks = ["eip155:1", "eip155:31337", bitcoin, "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"];

test.each(networks)("%s is a chain (CAIP-2)", (network) => {
  expect(isNetworkId(network)).toBe(true);
});

test.each(["", "eip155", "eip155:", "ei:1", "EIP155:1", "eip155:1:2", "toolongname:1", "eip155:1\n", `a_b:${"1"}`])(
  "%j is no chain",
  (text) => {
    expect(isNetworkId(text)).toBe(false);
  },
);

test("an account names its chain and address (CAIP-10)", () => {
  expect(parseAccount(`eip155:1:${address}`)).toEqual({ network: "eip155:1" as NetworkId, address });
  expect(accountId("eip155:1" as NetworkId, address)).toBe(`eip155:1:${address}` as AccountId);
});

test.each(["", "eip155:1", "eip155:1:", `eip155:1:${"a".repeat(129)}`, "eip155:1:a b", "eip155:1:a:b"])(
  "%j is no account",
  (text) => {
    expect(parseAccount(text)).toBeUndefined();
  },
);

test("an asset names its chain, namespace and reference (CAIP-19)", () => {
  expect(parseAsset(`eip155:1/erc20:${address}`)).toEqual({
    network: "eip155:1" as NetworkId,
    namespace: "erc20",
    reference: address,
  });
  expect(parseAsset(`${bitcoin}/slip44:0`)).toMatchObject({ namespace: "slip44", reference: "0" });
});

test.each(["", "eip155:1", "eip155:1/", "eip155:1/erc20", "eip155:1/erc20:", "eip155/erc20:0x1", "eip155:1/ERC20:0x1"])(
  "%j is no asset",
  (text) => {
    expect(parseAsset(text)).toBeUndefined();
  },
);
