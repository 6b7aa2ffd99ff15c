import { t } from "elysia";
import { orderKind } from "../../domains/task/mod.ts";
import {
  action,
  amount,
  asset,
  assetDelta,
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
import { eventsOf } from "./_table.ts";

const told = { user: userId, at: instant };
const because = { ...told, reason };
const played = { wallet: id, play: id, version: whole(1), action, asset };
const amountOrAll = t.Union([amount, t.Literal("all")]);
const effects = t.Array(assetDelta);
const undone = { effects, closed: yes, action, asset, position: t.Optional(id) };

export const orderEvents = [
  eventsOf(orderKind, "An order: a user's instruction to enter, adjust or exit a play, and how far it has come", {
    OrderPlaced: {
      ...{ ...told, ...played, digest, amount: amountOrAll, parameters: named, position: t.Optional(id), network },
      ...{ by: userId, proof: t.Optional(proof) },
    },
    OrderRefused: { ...because, detail: t.Optional(text("1000000 of eip155:31337/slip44:60 are missing")) },
    OrderHeld: { ...told, task: id },
    OrderStarted: told,
    OrderCancelled: because,
    OrderFilled: { ...told, ...played, amount: amountOrAll, position: id, effects, closed: yes },
    OrderCompensating: because,
    OrderCompensated: { ...because, ...undone },
    OrderIncident: { ...because, incident: id, effects },
    OrderIncidentResolved: { ...told, ...undone, incident: id, resolution: text("Settled by hand") },
    OrderNoted: { what: text("late-hold") },
  }),
];
