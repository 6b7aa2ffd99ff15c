import { createOrderService, type OrderDependencies } from "./order_service.ts";
import { createTaskCommands, type TaskDependencies } from "./task_service.ts";

export type TaskCommands = ReturnType<typeof createTaskCommands>;
export type TaskService = ReturnType<typeof createTaskService>;

/** The commands and questions of the task domain. */
export function createTaskService(dependencies: OrderDependencies & TaskDependencies) {
  return { orders: createOrderService(dependencies), tasks: createTaskCommands(dependencies) };
}
