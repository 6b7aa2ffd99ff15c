import { getAddress } from "ethers/address";
import { type Amount, amount } from "../../domains/shared/mod.ts";

/** A JSON-RPC quantity as an amount. */
export function quantity(hex: string): Amount {
  return amount(BigInt(hex));
}

export function toHex(value: bigint | number | string): string {
  return `0x${BigInt(value).toString(16)}`;
}

/** The address in the last 20 bytes of a 32-byte word, with its checksum (EIP-55). */
export function addressIn(word: string): string {
  return getAddress(`0x${word.slice(-40)}`);
}

/** The n-th 32-byte word of some data, as hex without a prefix; zero where it ends before. */
export function wordAt(data: string, place: number): string {
  return data.slice(2 + place * 64, 2 + (place + 1) * 64).padEnd(64, "0");
}
