import { t } from "elysia";
import {
  holdingKind,
  incidentKind,
  offeredVersionKind,
  offerKind,
  ownedWalletKind,
  priorities,
  suspensionKind,
  taskKind,
} from "../../domains/task/mod.ts";
import {
  address,
  amount,
  anything,
  asset,
  assetAmount,
  assetDelta,
  choice,
  closed,
  digest,
  id,
  instant,
  jsonSchema,
  named,
  network,
  proof,
  reason,
  text,
  userId,
  whole,
  yes,
} from "./_parts.ts";
import { playIntent, steps } from "./_plays.ts";
import { eventsOf } from "./_table.ts";
import { scope } from "./_transfers.ts";

const onStep = { step: text("deposit") };
const judged = { ...onStep, by: userId, proof, comment: t.Optional(text("Seen")) };
const effects = t.Array(assetDelta);
const assets = t.Array(assetAmount);
const ofOrder = { order: t.Optional(id) };
const played = { user: userId, wallet: id, play: id, version: whole(1) };
const title = text("Steady vault");

const order = closed(
  {
    ...{ id, ...played, digest, network, amount, parameters: named },
    position: closed({ assets, tokens: t.Array(closed({ contract: address, id: text("1") })) }),
  },
  "OrderScope",
);

export const taskEvents = [
  eventsOf(taskKind, "A task: the steps of an order, or of work by hand", {
    TaskOpened: {
      ...{ order: t.Optional(order), title, group: text("operations"), priority: choice(...priorities), steps },
      ...{ dueAt: t.Optional(instant), at: instant, user: t.Optional(userId), play: t.Optional(id) },
    },
    TaskClaimed: { by: userId, until: instant, ...ofOrder },
    TaskReleased: { by: userId, reason },
    TaskAssigned: { to: userId, by: userId },
    TaskCommented: { by: userId, text: text("Waits for the vault"), at: instant },
    StepCompleted: { ...onStep, by: userId, evidence: anything },
    StepApproved: judged,
    StepRejected: judged,
    StepWaiting: { ...onStep, dueAt: instant },
    StepPassed: onStep,
    TransferAsked: {
      ...{ ...onStep, ...played, attempt: whole(1), transfer: id, compensation: yes, by: userId, order: id },
      ...{ digest, network, intent: playIntent, scope },
    },
    StepSucceeded: { ...onStep, transfer: id, effects },
    StepFailed: { ...onStep, transfer: t.Optional(id), reason, final: yes },
    StepRetried: { ...onStep, by: userId },
    TaskCompensating: { ...ofOrder, reason },
    StepCompensated: { ...onStep, transfer: t.Optional(id), effects },
    TaskCompleted: { ...ofOrder, effects },
    TaskCompensated: { ...ofOrder, reason, effects },
    TaskCancelled: { ...ofOrder, reason },
    TaskStuck: { ...ofOrder, incident: id, reason, effects },
    TaskNoted: { what: text("late-transfer") },
  }),
  eventsOf(incidentKind, "An incident: what no rule can settle, until a person has", {
    IncidentOpened: {
      ...{ ...ofOrder, task: t.Optional(id), user: t.Optional(userId), reason, detail: text("An allowance is left") },
      at: instant,
    },
    IncidentResolved: { ...ofOrder, by: userId, proof, resolution: text("Revoked by hand"), at: instant },
  }),
  eventsOf(holdingKind, "What a position holds, and the order that works on it, as the task service knows it", {
    HoldingOpened: { ...played, assets },
    HoldingLocked: { order: id },
    HoldingUnlocked: { order: id },
    HoldingChanged: { order: id, assets, closed: yes },
  }),
  eventsOf(offerKind, "Whether a play takes orders, as the task service knows it", {
    OfferOpened: { version: whole(1) },
    OfferClosed: { reason },
    OfferReopened: { reason },
  }),
  eventsOf(offeredVersionKind, "The terms of a published version of a play, as the task service knows them", {
    TermsNoted: {
      digest,
      terms: closed({
        ...{ title, network, asset, minimum: amount, maximum: amount, parameters: jsonSchema },
        ...{ enter: steps, adjust: t.Optional(steps), exit: steps },
      }),
    },
  }),
  eventsOf(ownedWalletKind, "Whose a wallet is, as the task service knows it", {
    WalletNoted: { user: userId },
  }),
  eventsOf(suspensionKind, "Whether a user is suspended, as the task service knows it", {
    SuspensionNoted: { at: instant },
    SuspensionLifted: {},
  }),
];
