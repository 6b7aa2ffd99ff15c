/**
 * What a user may do: the catalogue of permissions, the roles that bundle them, and what remains after grants and denials.
 *
 * @module
 */

/** Every permission, with what it allows. What is a user's own needs none. */
export const permissions = {
  "user:read": "See users, their roles and permissions",
  "user:grant": "Change users' roles and permissions, within one's own",
  "user:suspend": "Suspend and reactivate users",
  "service_account:write": "Make, change and remove service accounts",
  "wallet:read": "See anyone's wallets, balances, holds and deposits",
  "wallet:freeze": "Freeze and unfreeze wallets, and the platform's signatures",
  "transfer:create": "Move value from anyone's wallets, within policy",
  "transfer:read": "See anyone's transfers",
  "transfer:approve": "Approve or reject transfers that wait for a second person",
  "asset:write": "List assets and change how they are shown",
  "policy:read": "See the policies that transfers must pass",
  "policy:write": "Propose policies",
  "policy:approve": "Approve policies that someone else proposed",
  "play:draft": "Draft plays",
  "play:publish": "Offer plays for approval; pause, resume and retire them",
  "play:approve": "Approve plays that someone else offered",
  "play:unwind": "Exit every position of a play",
  "order:write": "Place and cancel orders for anyone",
  "order:read": "See anyone's orders",
  "task:read": "See tasks",
  "task:write": "Make tasks by hand",
  "task:claim": "Claim and release tasks, and comment on them",
  "task:assign": "Assign tasks to others",
  "task:execute": "Carry out the steps of tasks",
  "task:approve": "Approve steps that someone else carried out",
  "incident:read": "See incidents",
  "incident:resolve": "Resolve incidents",
  "portfolio:read": "See anyone's portfolio, and reconciliations",
  "portfolio:adjust": "Correct anyone's ledger, with a second person",
  "audit:read": "Read the journals, and whether their chains hold",
  "operations:write": "See, replay and dismiss events that could not be handled",
} as const satisfies Record<string, string>;

export type Permission = keyof typeof permissions;

const everything = Object.keys(permissions) as readonly Permission[];

/** What only a super admin holds: power over others' money, over who may do what, and over what the platform missed. */
const reserved: ReadonlySet<Permission> = new Set([
  "user:grant",
  "service_account:write",
  "transfer:create",
  "policy:write",
  "policy:approve",
  "order:write",
  "portfolio:adjust",
  "operations:write",
]);

/** Roles are bundles of permissions; routes name permissions, never roles. */
export const roles = {
  user: { description: "An investor: what is theirs, and no more", permissions: [] },
  admin: {
    description: "Runs the platform day by day: plays, tasks, incidents",
    permissions: everything.filter((permission) => !reserved.has(permission)),
  },
  auditor: {
    description: "Sees everything, changes nothing",
    permissions: everything.filter((permission) => permission.endsWith(":read")),
  },
  super_admin: { description: "May do everything", permissions: everything },
} as const satisfies Record<string, { readonly description: string; readonly permissions: readonly Permission[] }>;

export type Role = keyof typeof roles;

export type Rights = {
  readonly roles: readonly Role[];
  readonly granted: readonly Permission[];
  readonly denied: readonly Permission[];
};

/** What roles and grants give, without what is denied: a denial wins. */
export function permissionsOf({ roles: held, granted, denied }: Rights): ReadonlySet<Permission> {
  const given = new Set<Permission>([
    ...held.flatMap((role): readonly Permission[] => roles[role].permissions),
    ...granted,
  ]);
  for (const permission of denied) given.delete(permission);
  return given;
}
