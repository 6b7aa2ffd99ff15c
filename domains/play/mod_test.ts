import { expect, test } from "bun:test";
import * as play from "./mod.ts";

test("the face of the play domain", () => {
  expect(Object.keys(play).sort()).toEqual([
    "accruals",
    "actions",
    "capacityKind",
    "claimKind",
    "createPlayService",
    "draftView",
    "playKind",
    "playReactions",
    "playVersionKind",
    "risks",
    "strategies",
  ]);
});
