import type { NetworkId } from "../../domains/shared/mod.ts";

type Contracts = { readonly network: NetworkId; readonly token: string; readonly vault: string };

const approve = "function approve(address spender, uint256 amount) returns (bool)";
const deposit = "function deposit(uint256 assets, address receiver) returns (uint256 shares)";
const redeem = "function redeem(uint256 shares, address receiver, address owner) returns (uint256 assets)";
const convert = "function convertToAssets(uint256 shares) view returns (uint256 assets)";

/**
 * A play that deposits into an ERC-4626 vault and redeems from it. All that Lucent knows of ERC-4626 stands here, as data:
 * a person checks the vault, another one approves, then two transactions, each with its way back.
 */
export function vaultPlay({ network, token, vault }: Contracts, title = "Steady vault") {
  const asset = `${network}/erc20:${token}`;
  const shares = `${network}/erc20:${vault}`;
  const wallet = { from: "wallet.address" };
  const call = (to: string, signature: string, ...given: unknown[]) => ({
    type: "call",
    to,
    function: signature,
    arguments: given,
  });
  const redeemed = (amount: string) => call(vault, redeem, { from: amount }, wallet, wallet);
  return {
    title,
    summary: "Lends dollars through a vault and earns its yield",
    description:
      "Deposits the amount into an ERC-4626 vault. Its shares stay in your wallet and are worth more as the vault earns.",
    strategy: "staking",
    ...{ network, asset, minimum: "1000000", maximum: "1000000000000", capacity: "100000000000000" },
    ...{ slippageBps: 50, risk: "low", fees: { entryBps: 0, exitBps: 0, performanceBps: 0 } },
    parameters: {
      type: "object",
      properties: { reference: { type: "string", maxLength: 40, description: "Your own note on this order" } },
      additionalProperties: false,
    },
    display: { icon: "vault", colour: "#2f6f4f", tags: ["stable", "lending"] },
    contracts: [
      { address: token, functions: [approve] },
      { address: vault, functions: [deposit, redeem] },
    ],
    spenders: [vault],
    assets: [{ asset: shares, accrual: "none" }],
    enter: [
      {
        ...{ id: "check", title: "Check the vault", type: "manual" },
        instructions: "Compare the vault's share price with the day before; stop if it fell.",
        evidence: {
          type: "object",
          properties: {
            sharePrice: { type: "string", pattern: "^[0-9]{1,40}$" },
            note: { type: "string", maxLength: 200 },
          },
          required: ["sharePrice"],
          additionalProperties: false,
        },
      },
      { id: "release", title: "Release the money", type: "approval", approvals: 1, permission: "task:approve" },
      {
        ...{ id: "allow", title: "Allow the vault to take the amount", type: "transaction" },
        intent: call(token, approve, vault, { from: "order.amount" }),
        compensation: call(token, approve, vault, "0"),
      },
      {
        ...{ id: "deposit", title: "Deposit the amount", type: "transaction" },
        intent: call(vault, deposit, { from: "order.amount" }, wallet),
        compensation: redeemed(`steps.deposit.effects.${shares}`),
      },
    ],
    exit: [{ id: "redeem", title: "Redeem all shares", type: "transaction", intent: redeemed(`position.${shares}`) }],
    valuation: {
      read: { to: vault, function: convert, arguments: [{ from: `position.${shares}` }], output: "assets" },
    },
  };
}

const trip = "function failOnceMined()";

/** The same play, but for a last transaction that passes every simulation and is reverted in its block. */
export function trippingPlay({ tripwire, ...contracts }: Contracts & { readonly tripwire: string }, title: string) {
  const play = vaultPlay(contracts, title);
  const intent = { type: "call", to: tripwire, function: trip, arguments: [] };
  return {
    ...play,
    contracts: [...play.contracts, { address: tripwire, functions: [trip] }],
    enter: [...play.enter, { id: "trip", title: "Walk into the tripwire", type: "transaction", intent }],
  };
}

/** The tripping play, but for the deposit's way back: a failure after it takes a person. */
export function stickingPlay(contracts: Contracts & { readonly tripwire: string }, title: string) {
  const play = trippingPlay(contracts, title);
  const oneWay = (step: (typeof play.enter)[number]) => {
    const { compensation: _, ...rest } = step as typeof step & { readonly compensation?: unknown };
    return step.id === "deposit" ? rest : step;
  };
  return { ...play, enter: play.enter.map(oneWay) };
}

/**
 * The same play, but for an exit that is reverted after the shares were redeemed. Its way back deposits what they brought;
 * without one it takes a person.
 */
export function exitTrippingPlay(
  { tripwire, ...contracts }: Contracts & { readonly tripwire: string },
  title: string,
  { oneWay = false } = {},
) {
  const { network, token, vault } = contracts;
  const play = vaultPlay(contracts, title);
  const redeemed = { from: `steps.redeem.effects.${network}/erc20:${token}` };
  const call = (to: string, signature: string, ...given: unknown[]) => ({
    ...{ type: "call", to, function: signature, arguments: given },
  });
  const back = { compensation: call(vault, deposit, redeemed, { from: "wallet.address" }) };
  return {
    ...play,
    contracts: [...play.contracts, { address: tripwire, functions: [trip] }],
    exit: [
      ...play.exit.map((step) => ({ ...step, ...(!oneWay && back) })),
      {
        ...{ id: "allow", title: "Allow the vault to take them back", type: "transaction" },
        intent: call(token, approve, vault, redeemed),
        ...(oneWay && { compensation: call(token, approve, vault, "0") }),
      },
      { id: "trip", title: "Walk into the tripwire", type: "transaction", intent: call(tripwire, trip) },
    ],
  };
}

/** The same play, but for a deposit of half of what the vault is allowed to take. */
export function halfDepositingPlay(contracts: Contracts, title: string) {
  const play = vaultPlay(contracts, title);
  const half = { quotient: [{ from: "order.amount" }, "2"] };
  const intent = {
    ...{ type: "call", to: contracts.vault, function: deposit, arguments: [half, { from: "wallet.address" }] },
  };
  return { ...play, enter: play.enter.map((step) => (step.id === "deposit" ? { ...step, intent } : step)) };
}
