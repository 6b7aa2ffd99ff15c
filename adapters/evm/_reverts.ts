import { Interface } from "ethers/abi";
import type { NodeRefused } from "./_answers.ts";

/** Solidity's own errors, and those of ERC-6093 and ERC-4626 that token contracts share. */
const knownErrors = new Interface([
  "error Error(string reason)",
  "error Panic(uint256 code)",
  "error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
  "error ERC20InvalidSender(address sender)",
  "error ERC20InvalidReceiver(address receiver)",
  "error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)",
  "error ERC20InvalidApprover(address approver)",
  "error ERC20InvalidSpender(address spender)",
  "error ERC721NonexistentToken(uint256 tokenId)",
  "error ERC721IncorrectOwner(address sender, uint256 tokenId, address owner)",
  "error ERC721InsufficientApproval(address operator, uint256 tokenId)",
  "error ERC1155InsufficientBalance(address sender, uint256 balance, uint256 needed, uint256 tokenId)",
  "error ERC4626ExceededMaxDeposit(address receiver, uint256 assets, uint256 max)",
  "error ERC4626ExceededMaxWithdraw(address owner, uint256 assets, uint256 max)",
  "error ERC4626ExceededMaxRedeem(address owner, uint256 shares, uint256 max)",
  "error SafeERC20FailedOperation(address token)",
]);

const panics: Record<string, string> = {
  "1": "assertion failed",
  "17": "arithmetic overflow",
  "18": "division by zero",
  "33": "no such enum value",
  "34": "storage byte array badly encoded",
  "49": "pop of an empty array",
  "50": "index out of bounds",
  "65": "out of memory",
  "81": "call of an unset function",
};

/**
 * Why a call reverted: the text of `Error(string)`, what a panic means, a known custom error with its arguments, any other
 * by its selector; `fallback` where nothing was returned.
 */
export function revertReason(data: string | undefined, fallback: string): string {
  if (!data || data === "0x") return fallback;
  const unknown = data.length >= 10 ? `custom error ${data.slice(0, 10)}` : fallback;
  try {
    const error = knownErrors.parseError(data);
    if (!error) return unknown;
    const args = error.args.map(String);
    if (error.name === "Error") return (args[0] || fallback).slice(0, 300);
    if (error.name === "Panic") return `panic ${args[0]}: ${panics[args[0] ?? ""] ?? "unknown code"}`;
    return `${error.name}(${args.join(", ")})`;
  } catch {
    return unknown;
  }
}

/** Whether it is the call itself that failed, not the node. */
export function isReverted({ code, said, data }: NodeRefused): boolean {
  if (code === 3 || code === -32015 || data !== undefined) return true;
  return /revert|out of gas|invalid opcode|invalid jump|stack (under|over)flow|insufficient funds|exceeds allowance/i.test(
    said,
  );
}
