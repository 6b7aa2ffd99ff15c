import { incidentRoutes, orderRoutes, taskRoutes } from "../adapters/http/mod.ts";
import { claimKind, playKind, playVersionKind } from "../domains/play/mod.ts";
import {
  createTaskService,
  holdingKind,
  incidentKind,
  offeredVersionKind,
  offerKind,
  orderKind,
  ownedWalletKind,
  suspensionKind,
  taskKind,
  taskReactions,
} from "../domains/task/mod.ts";
import { userKind } from "../domains/user/mod.ts";
import { transferKind, walletKind } from "../domains/wallet/mod.ts";
import { type JsonSchemas, reactor, type VerifyProof } from "../ports/mod.ts";
import { type Host, openService } from "./host.ts";
import type { Routes } from "./serve.ts";

type Options = { readonly schemas: JsonSchemas; readonly verifyProof: VerifyProof };

/** Wires the task service: orders, tasks, incidents. */
export function startTask(host: Host, { schemas, verifyProof }: Options) {
  const { clock, newId, deriveId } = host;
  const footing = openService("task", host);
  const { open } = footing.stores;
  const kinds = {
    ...{ orders: open(orderKind), tasks: open(taskKind), incidents: open(incidentKind), holdings: open(holdingKind) },
    ...{ offers: open(offerKind), versions: open(offeredVersionKind), ownedWallets: open(ownedWalletKind) },
    suspensions: open(suspensionKind),
  };
  const service = createTaskService({ ...kinds, schemas, verifyProof, clock, newId, deriveId });
  const reactions = taskReactions(service.orders, service.tasks);
  footing.react(
    reactor(userKind, reactions.user),
    reactor(playKind, reactions.play),
    reactor(playVersionKind, reactions.play_version),
    reactor(claimKind, reactions.claim),
    reactor(walletKind, reactions.wallet),
    reactor(transferKind, reactions.transfer),
    reactor(taskKind, reactions.task),
    reactor(incidentKind, reactions.incident),
  );
  footing.every(1_000, "wake tasks", () => service.tasks.wake());
  const { orders, tasks } = service;
  const routes: Routes = (guards) => [
    orderRoutes(orders, guards),
    taskRoutes(tasks, guards),
    incidentRoutes(tasks, guards),
  ];
  return { service, footing, kinds, stores: Object.values(kinds), routes };
}
