/**
 * Users: who they are, how they sign in, what they may do.
 *
 * @module
 */
export { type Permission, permissions, permissionsOf, type Rights, type Role, roles } from "./permissions.ts";
