/**
 * Users: who they are, how they sign in and approve, what they may do.
 *
 * @module
 */
export type { PermissionChange, UserFilter } from "./_directory.ts";
export { type IssueNonceRefusal, nonceKind } from "./_nonces.ts";
export { type RefreshRefusal, sessionKind, type Tokens } from "./_sessions.ts";
export { type StepUpRefusal, stepUpKind } from "./_step_ups.ts";
export { accessKind, createAccess } from "./access.ts";
export type {
  AccessClaims,
  AccessTokens,
  CanonicalAccount,
  NewSecret,
  PublicKey,
  VerifySignature,
} from "./credentials.ts";
export { type IdentityEvent, identityKind } from "./identity.ts";
export { type Permission, permissions, type Role, roles } from "./permissions.ts";
export { createVerifyProof } from "./proofs.ts";
export {
  type AdministerUserRefusal,
  type BeginSessionRefusal,
  createUserService,
  type UserAccess,
  type UserDependencies,
  type UserService,
} from "./service.ts";
export { type ChangeSettingsRefusal, riskProfiles, type SettingsPatch, themes } from "./settings.ts";
export { superAdminsKind } from "./super_admins.ts";
export {
  type ChangeProfileRefusal,
  type RegisteredUser,
  type SignInMethod,
  type User,
  type UserEvent,
  userKind,
} from "./user.ts";
export { type SessionView, type SettingsView, settingsView, type UserView, userView } from "./views.ts";
