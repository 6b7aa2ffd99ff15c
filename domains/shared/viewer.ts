import type { UserId } from "./brand.ts";

/** Who asks, and whether they may see and act on what is other people's. A foreign thing does not exist for them otherwise. */
export type Viewer = { readonly user: UserId; readonly any: boolean };

export function mayView({ user, any }: Viewer, owner: UserId): boolean {
  return any || user === owner;
}
