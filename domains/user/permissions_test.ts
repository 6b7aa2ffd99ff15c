import { expect, test } from "bun:test";
import { permissions, permissionsOf, type roles } from "./permissions.ts";

test("a user's role gives nothing, a super admin's everything, an auditor's all that reads", () => {
  const of = (role: keyof typeof roles) => [...permissionsOf({ roles: [role], granted: [], denied: [] })].toSorted();
  expect(of("user")).toEqual([]);
  expect(of("super_admin")).toEqual(Object.keys(permissions).toSorted() as never);
  expect(of("auditor").every((permission) => permission.endsWith(":read"))).toBe(true);
  expect(of("auditor")).toHaveLength(9);
});

test("an admin moves nobody else's money and decides nobody's permissions", () => {
  const held = permissionsOf({ roles: ["admin"], granted: [], denied: [] });
  for (const reserved of [
    "user:grant",
    "transfer:create",
    "order:write",
    "portfolio:adjust",
    "policy:write",
  ] as const) {
    expect(held.has(reserved)).toBe(false);
  }
  for (const daily of ["task:claim", "play:approve", "incident:resolve", "user:suspend"] as const) {
    expect(held.has(daily)).toBe(true);
  }
});

test("a denial wins over roles and grants", () => {
  const held = permissionsOf({ roles: ["super_admin"], granted: ["play:draft"], denied: ["play:draft"] });
  expect(held.has("play:draft")).toBe(false);
  expect(held.has("play:publish")).toBe(true);
});
