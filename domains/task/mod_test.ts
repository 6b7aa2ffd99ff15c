import { expect, test } from "bun:test";
import * as task from "./mod.ts";

test("the face of the task domain", () => {
  expect(Object.keys(task).sort()).toEqual([
    "createTaskService",
    "holdingKind",
    "incidentKind",
    "offerKind",
    "offeredVersionKind",
    "orderKind",
    "orderStatuses",
    "ownedWalletKind",
    "priorities",
    "suspensionKind",
    "taskKind",
    "taskReactions",
    "taskStatuses",
  ]);
});
