import { expect, test } from "bun:test";
import * as notification from "./mod.ts";

test("the face of the notification domain", () => {
  expect(Object.keys(notification).toSorted()).toEqual([
    "createAuditService",
    "createNotificationService",
    "createTickets",
    "merkleRoot",
    "nextRoot",
    "notificationKind",
    "notificationReactions",
    "readMarkKind",
    "signedText",
    "streams",
    "tailKind",
    "ticketKind",
    "transferOwnerKind",
    "verifyJournal",
  ]);
});
