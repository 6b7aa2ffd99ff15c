/**
 * Notifications: what users and the team are told, in the inbox and live. And the audit: the journals of all services,
 * and whether they are what they were.
 *
 * @module
 */
export type { AuditEntry } from "./audit.ts";
export {
  type AuditedJournal,
  type AuditQuery,
  type AuditService,
  type AuditVerification,
  createAuditService,
} from "./audit_service.ts";
export { tailKind } from "./insertion.ts";
export type { Ending } from "./live.ts";
export { type Hash, merkleRoot } from "./merkle.ts";
export {
  type Audience,
  type Frame,
  type InboxItem,
  type Message,
  type Notification,
  notificationKind,
  type ReadMark,
  readMarkKind,
  type Stream,
  streams,
} from "./notification.ts";
export { notificationReactions } from "./reactions.ts";
export {
  createNotificationService,
  type NotificationRefusal,
  type NotificationService,
  type TransferOwner,
  transferOwnerKind,
} from "./service.ts";
export { createTickets, type Ticket, type Tickets, ticketKind } from "./tickets.ts";
export {
  type EntryFault,
  type Offence,
  type Signing,
  type Verification,
  type Verifying,
  verifyJournal,
  type WitnessedJournal,
} from "./verification.ts";
export { nextRoot, type RootFault, signedText, type VerifySignature } from "./witnessing.ts";
