import { getAddress } from "ethers/address";
import { type Amount, amount } from "../../domains/shared/mod.ts";

export function toHex(value: bigint | number | string): string {
  return `0x${BigInt(value).toString(16)}`;
}

/** The address in the last 20 bytes of a 32-byte word, with its checksum (EIP-55). */
export function addressIn(word: string): string {
  return getAddress(`0x${word.slice(-40)}`);
}

/** The n-th 32-byte word of some data as a number; zero where it ends before. */
export function wordAt(data: string, place: number): bigint {
  return BigInt(`0x${data.slice(2 + place * 64, 2 + (place + 1) * 64).padEnd(64, "0")}`);
}

export function amountAt(data: string, place: number): Amount {
  return amount(wordAt(data, place));
}

/** An address as EIP-55 spells it; undefined where the text is none, or has another checksum. */
export function checksummed(address: string): string | undefined {
  if (!/^0x[0-9a-fA-F]{40}$/.test(address)) return undefined;
  try {
    return getAddress(address);
  } catch {
    return undefined;
  }
}
