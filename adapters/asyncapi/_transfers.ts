import { t } from "elysia";
import { transferKind } from "../../domains/wallet/mod.ts";
import {
  account,
  address,
  amount,
  asset,
  assetAmount,
  assetDelta,
  choice,
  closed,
  delta,
  digest,
  fragment,
  hash,
  id,
  instant,
  named,
  network,
  reason,
  text,
  userId,
  value,
  whole,
  yes,
} from "./_parts.ts";
import { eventsOf } from "./_table.ts";

export const block = closed({ number: whole(17), hash: text("0x35f7…") }, "Block");

const data = text("0x095ea7b3", "Hex");
const called = { type: t.Literal("call"), to: value, value: t.Optional(value) };

/** What a transfer does. */
export const intent = t.Union(
  [
    closed({ type: t.Literal("send"), asset: text("eip155:31337/slip44:60", "CAIP-19"), to: value, amount: value }),
    closed({ ...called, function: fragment, arguments: t.Array(value) }),
    closed({ ...called, data }),
  ],
  { title: "Intent" },
);

const tokens = t.Array(closed({ contract: address, id: text("1") }));

/** What values of a play's transaction are computed from. */
export const scope = closed(
  {
    order: closed({ amount }),
    parameters: named,
    position: closed({ assets: t.Array(assetAmount), tokens }),
    steps: t.Record(t.String(), closed({ effects: t.Array(assetDelta), tokens })),
  },
  "Scope",
);

const call = closed({ to: address, value: amount, data }, "Call");
const purpose = t.Union(
  [
    closed({ type: t.Literal("user") }),
    closed({
      ...{ type: t.Literal("order"), order: id, task: id, step: text("deposit"), compensation: yes },
      ...{ play: id, version: whole(1), digest },
    }),
  ],
  { title: "Purpose" },
);
const ofWallet = { user: userId, wallet: id, purpose };

const judgement = closed(
  {
    ...{ verdict: choice("allowed", "needs-approvals", "refused"), rules: t.Array(text("address-of-registration")) },
    ...{ approvals: whole(0), version: whole(1, "Of the policy"), words: text("Allowed by address-of-registration.") },
    facts: closed({
      ...{ initiator: text("owner"), network, intent: text("send"), amounts: t.Array(assetAmount) },
      destinations: t.Array(
        closed({ account: text("eip155:1:0x70…"), kinds: t.Array(choice("registered", "allow-listed")) }),
      ),
      calls: t.Array(closed({ contract: text("eip155:1:0x70…"), function: t.Optional(text("0xa9059cbb")) })),
    }),
  },
  "Judgement",
);
const asked = {
  ...{ ...ofWallet, network, account: t.Optional(account), intent, hold: id },
  ...{ priority: choice("low", "normal", "high"), note: t.Optional(text("Rent")), scope: t.Optional(scope) },
  ...{ quote: t.Optional(closed({ call, digest, fee: amount })), at: instant, correlation: text("a-conversation") },
  policy: t.Optional(judgement),
  reserved: t.Optional(t.Array(closed({ volume: text("user:019a…:eip155:1/slip44:60"), amount, at: instant }))),
};

export const transferEvents = [
  eventsOf(transferKind, "A transfer: of one intent at most one transaction lands", {
    TransferRequested: asked,
    TransferRefused: { ...asked, reason, detail: text("No rule allows it.") },
    TransferSigned: {
      ...{ hash, nonce: whole(0), call, gas: amount },
      fees: closed({ maxFeePerGas: amount, maxPriorityFeePerGas: amount }),
    },
    TransferSubmitted: { hash },
    TransferIncluded: { hash, block },
    TransferUnincluded: { hash, reason },
    TransferSettled: {
      ...{ ...ofWallet, network, hash, hold: id, account, block, outcome: choice("success", "reverted") },
      ...{ effects: t.Array(closed({ account, asset, delta, held: delta })), fee: assetAmount },
    },
    TransferFailed: { ...ofWallet, reason, detail: text("The node refused it") },
  }),
];
