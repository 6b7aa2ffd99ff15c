import { t } from "elysia";
import {
  destinationsKind,
  platformFreezeKind,
  policyInForceKind,
  policyKind,
  volumeKind,
  volumeScopes,
  volumeWindows,
} from "../../domains/wallet/mod.ts";
import {
  account,
  amount,
  asset,
  choice,
  closed,
  digest,
  id,
  instant,
  proof,
  reason,
  text,
  userId,
  whole,
} from "./_parts.ts";
import { eventsOf } from "./_table.ts";

const texts = (example: string) => t.Optional(t.Array(text(example)));
const when = closed({
  ...{
    initiators: texts("owner"),
    networks: texts("eip155:1"),
    intents: texts("send"),
    destinations: texts("registered"),
  },
  assets: t.Optional(t.Array(asset)),
  calls: t.Optional(t.Array(closed({ contract: text("eip155:1:0x70…"), functions: texts("0xa9059cbb") }))),
  amounts: t.Optional(t.Array(closed({ asset, limit: amount }))),
  volumes: t.Optional(
    t.Array(closed({ asset, limit: amount, of: choice(...volumeScopes), window: choice(...volumeWindows) })),
  ),
});
const name = text("small-amounts");
const rule = t.Union([
  closed({ name, when, effect: t.Literal("allow"), approvals: t.Optional(whole(1)) }),
  closed({ name, when, effect: t.Literal("deny") }),
]);
const policy = closed({ title: text("Small amounts to known places"), rules: t.Array(rule) }, "Policy");
const judged = { digest, by: userId, proof, at: instant, comment: t.Optional(text("Agreed")) };
const because = { reason, by: userId, at: instant };
const destination = { user: userId, destination: id, account };
const reserved = { transfer: id, amount, at: instant };

export const policyEvents = [
  eventsOf(policyKind, "A policy that someone proposed, and what another said of it", {
    PolicyProposed: { policy, digest, base: whole(1, "The version in force then"), by: userId, at: instant },
    PolicyApproved: { ...judged, version: whole(2) },
    PolicyRejected: judged,
  }),
  eventsOf(policyInForceKind, "The policy that transfers are judged by", {
    PolicyActivated: { proposal: id, version: whole(2), policy, at: instant },
  }),
  eventsOf(platformFreezeKind, "Whether the platform signs at all", {
    PlatformFrozen: because,
    PlatformUnfrozen: because,
  }),
  eventsOf(destinationsKind, "The accounts that a wallet's owner wants to send to", {
    DestinationAdded: { ...destination, label: text("Exchange"), at: instant, activeFrom: instant },
    DestinationRemoved: destination,
  }),
  eventsOf(volumeKind, "What leaves of an asset over time: of a wallet, a user, or the platform", {
    VolumeReserved: reserved,
    VolumeReleased: reserved,
  }),
];
