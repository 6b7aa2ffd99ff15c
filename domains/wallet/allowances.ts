/**
 * The functions by which an account lets others take from it, so that a call of one is known by its selector.
 *
 * @module
 */
import type { AbiCodec, Leaf } from "./chain.ts";

/** What a call would allow. Without `amount`: everything. `token` is the contract, where it is not the called one. */
export type Allowing = { readonly spender: string; readonly amount: string; readonly token?: string } | "everything";

type Giver = { readonly fragment: string; readonly read: (leaves: readonly Leaf[]) => Allowing | "nothing" };

const at = (leaves: readonly Leaf[], place: number) => leaves[place]?.value ?? "";
const amountAt = (spender: number, amount: number) => (leaves: readonly Leaf[]) => ({
  spender: at(leaves, spender),
  amount: at(leaves, amount),
});

const givers: readonly Giver[] = [
  // ERC-20; of ERC-721, with a token id for the amount.
  { fragment: "function approve(address spender, uint256 amount)", read: amountAt(0, 1) },
  { fragment: "function increaseAllowance(address spender, uint256 added)", read: amountAt(0, 1) },
  { fragment: "function increaseApproval(address spender, uint256 added)", read: amountAt(0, 1) },
  // ERC-1363, which calls the spender at once.
  { fragment: "function approveAndCall(address spender, uint256 amount)", read: amountAt(0, 1) },
  { fragment: "function approveAndCall(address spender, uint256 amount, bytes data)", read: amountAt(0, 1) },
  // Aave's credit delegation: others borrow, the account owes.
  { fragment: "function approveDelegation(address delegatee, uint256 amount)", read: amountAt(0, 1) },
  // ERC-2612.
  {
    fragment:
      "function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)",
    read: amountAt(1, 2),
  },
  // DAI's: all or nothing.
  {
    fragment:
      "function permit(address holder, address spender, uint256 nonce, uint256 expiry, bool allowed, uint8 v, bytes32 r, bytes32 s)",
    read: (leaves) => (at(leaves, 4) === "true" ? "everything" : "nothing"),
  },
  // Permit2.
  {
    fragment: "function approve(address token, address spender, uint160 amount, uint48 expiration)",
    read: (leaves) => ({ spender: at(leaves, 1), amount: at(leaves, 2), token: at(leaves, 0) }),
  },
  // ERC-721, ERC-1155, ERC-777: an operator moves whatever there is.
  {
    fragment: "function setApprovalForAll(address operator, bool approved)",
    read: (leaves) => (at(leaves, 1) === "true" ? "everything" : "nothing"),
  },
  { fragment: "function authorizeOperator(address operator)", read: () => "everything" },
];

/** What a call lets others take; undefined where it is not such a call. */
export function allowingOf(codec: AbiCodec, data: string): Allowing | undefined {
  for (const { fragment, read } of givers) {
    if (codec.selector(fragment) !== data.slice(0, 10)) continue;
    const leaves = codec.decode(fragment, data);
    // A call that has the selector and does not decode is nothing that anyone should sign.
    const allowing = leaves ? read(leaves) : "everything";
    return allowing === "nothing" ? undefined : allowing;
  }
  return undefined;
}
