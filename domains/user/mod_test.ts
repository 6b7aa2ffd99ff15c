import { expect, test } from "bun:test";
import * as user from "./mod.ts";

test("the face of the user domain", () => {
  expect(Object.keys(user).sort()).toEqual([
    "accessKind",
    "createAccess",
    "createUserService",
    "createVerifyProof",
    "identityKind",
    "nonceKind",
    "permissions",
    "riskProfiles",
    "roles",
    "sessionKind",
    "settingsView",
    "stepUpKind",
    "superAdminsKind",
    "themes",
    "userKind",
    "userView",
  ]);
});
