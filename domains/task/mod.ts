/**
 * Tasks: how orders are carried out, step by step, by people and transactions; and what happens when that fails.
 *
 * @module
 */
export { type Holding, holdingKind, ownedWalletKind } from "./holding.ts";
export { type Incident, type IncidentEvent, incidentKind } from "./incident.ts";
export { offeredVersionKind, offerKind } from "./offer.ts";
export { type CancelOrderRefusal, type Order, type OrderEvent, orderStatuses } from "./order.ts";
export { orderKind } from "./order_replaying.ts";
export type { OrderService } from "./order_service.ts";
export type { AskOrder, OrderRefusal } from "./placing.ts";
export { taskReactions } from "./reactions.ts";
export { taskKind } from "./replaying.ts";
export { createTaskService, type TaskCommands, type TaskService } from "./service.ts";
export { suspensionKind } from "./suspension.ts";
export { priorities, type Task, type TaskEvent, taskStatuses } from "./task.ts";
export type { TaskFilter } from "./task_list.ts";
export type { Judging, NewTask } from "./task_service.ts";
export type { IncidentView, OrderView, TaskView } from "./views.ts";
export type {
  ApproveStepRefusal,
  ClaimTaskRefusal,
  CompleteStepRefusal,
  FailStepRefusal,
  HolderRefusal,
  RetryStepRefusal,
} from "./working.ts";
