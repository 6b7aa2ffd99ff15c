import { t } from "elysia";
import { capacityKind, claimKind, playKind, playVersionKind } from "../../domains/play/mod.ts";
import {
  action,
  amount,
  asset,
  choice,
  delta,
  digest,
  id,
  instant,
  named,
  network,
  proof,
  reason,
  text,
  userId,
  whole,
  yes,
} from "./_parts.ts";
import { definition } from "./_plays.ts";
import { eventsOf } from "./_table.ts";

const version = whole(1);
const judged = { digest, by: userId, proof, comment: t.Optional(text("Checked the vault")) };
const because = { reason, by: userId };
const ofOrder = { order: id, user: userId, wallet: id };

export const playEvents = [
  eventsOf(playKind, "A play: drafted, offered, approved and so published; paused, resumed, retired", {
    PlayDrafted: { definition, digest, by: userId },
    PlayOffered: { digest, by: userId, at: instant, proof },
    PlayApproved: judged,
    PlayRejected: judged,
    PlayPublished: { version, digest, title: text("Steady vault"), by: userId, at: instant },
    PlayPaused: because,
    PlayResumed: because,
    PlayRetired: because,
  }),
  eventsOf(playVersionKind, "A published version of a play: it never changes", {
    VersionPublished: { play: id, version, digest, definition, at: instant },
  }),
  eventsOf(capacityKind, "How much of a play's capacity is claimed", {
    CapacityChanged: { order: id, delta, claimed: amount },
  }),
  eventsOf(claimKind, "An order's claim on a play's capacity", {
    CapacityClaimed: {
      ...{ ...ofOrder, play: id, version, digest, action, amount, asset, network },
      ...{ parameters: named, position: t.Optional(id) },
    },
    CapacityRefused: {
      ...{ order: id, user: userId, play: id },
      reason: choice(
        ...(["play-not-found", "play-closed", "version-not-offered"] as const),
        ...(["amount-out-of-limits", "capacity-exhausted"] as const),
      ),
    },
    CapacityTaken: { ...ofOrder, action, position: id, closed: yes },
    CapacityReleased: { ...ofOrder, reason },
    ReleaseNoted: { order: id, reason },
    CapacityGrown: { order: id, amount },
    CapacityReturned: { order: id },
  }),
];
