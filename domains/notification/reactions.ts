import { investorReactions } from "./investor_reactions.ts";
import { securityReactions } from "./security_reactions.ts";
import type { NotificationService } from "./service.ts";
import { teamReactions } from "./team_reactions.ts";

/** What notifications do when the other domains speak, by the kind that speaks. */
export function notificationReactions(service: Pick<NotificationService, "notify" | "own" | "ownerOf" | "disconnect">) {
  return { ...securityReactions(service), ...investorReactions(service), ...teamReactions(service) };
}
