import { createFeeds, notificationRoutes, realtimeRoutes } from "../adapters/http/mod.ts";
import { newSecret } from "../adapters/tokens/mod.ts";
import {
  createNotificationService,
  createTickets,
  notificationKind,
  notificationReactions,
  readMarkKind,
  tailKind,
  ticketKind,
  transferOwnerKind,
} from "../domains/notification/mod.ts";
import { playKind } from "../domains/play/mod.ts";
import type { UserId } from "../domains/shared/mod.ts";
import { incidentKind, orderKind, taskKind } from "../domains/task/mod.ts";
import { userKind } from "../domains/user/mod.ts";
import { depositKind, destinationsKind, platformFreezeKind, transferKind, walletKind } from "../domains/wallet/mod.ts";
import { reactor } from "../ports/mod.ts";
import { every } from "./every.ts";
import { type Host, openService } from "./host.ts";
import type { Routes } from "./serve.ts";

type Options = {
  readonly publicUrl: string;
  /** What a session may do now; undefined where it has ended. */
  readonly permissionsOf: (user: UserId, session: string) => Promise<ReadonlySet<string> | undefined>;
};

/** Each process looks for what it was not told of. */
const betweenLooks = 5_000;

/** Wires the notification service. Its sockets close first when the process ends. */
export function startNotification(host: Host, { publicUrl, permissionsOf }: Options) {
  const { clock, newId, deriveId, digest, log, running } = host;
  const footing = openService("notification", host);
  const { records } = footing.stores;
  const service = createNotificationService({
    ...{ notifications: records(notificationKind), marks: records(readMarkKind), owners: records(transferOwnerKind) },
    ...{ tails: records(tailKind), broadcast: footing.broadcast, clock, newId, deriveId },
  });
  const tickets = createTickets({ tickets: records(ticketKind), clock, digest, newSecret });
  const reactions = notificationReactions(service);
  footing.react(
    reactor(userKind, reactions.user),
    reactor(walletKind, reactions.wallet),
    reactor(depositKind, reactions.deposit),
    reactor(transferKind, reactions.transfer),
    reactor(orderKind, reactions.order),
    reactor(taskKind, reactions.task),
    reactor(incidentKind, reactions.incident),
    reactor(playKind, reactions.play),
    reactor(destinationsKind, reactions.destinations),
    reactor(platformFreezeKind, reactions.platform_freeze),
  );
  running.use(service.listen());
  running.use(every(betweenLooks, "tell what others wrote", service.catchUp, log));
  const feeds = running.use(createFeeds({ notifications: service, permissionsOf, log }));
  const routes: Routes = (guards) => [
    notificationRoutes(service, guards),
    realtimeRoutes({ tickets, feeds, publicUrl }, guards),
  ];
  return { footing, stores: [], routes };
}
