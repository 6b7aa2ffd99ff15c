import type { AggregateStore, Clock, Loaded, Page } from "../../ports/mod.ts";
import { refuse } from "../shared/mod.ts";
import type { KnownTask, Task, TaskEvent } from "./task.ts";
import { isOverdue, type TaskView, taskView } from "./views.ts";

export type TaskFilter = {
  readonly status?: KnownTask["status"] | undefined;
  readonly assignee?: string | undefined;
  readonly group?: string | undefined;
  readonly overdue?: boolean | undefined;
  readonly order?: string | undefined;
  readonly sort?: "due" | "priority" | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};

type Dependencies = { readonly tasks: AggregateStore<Task, TaskEvent>; readonly clock: Clock };

/** How many tasks one page looks through for those that pass its filters. */
const mostRead = 1_000;

/** The questions about tasks. */
export function createTaskList({ tasks, clock }: Dependencies) {
  function passes(task: KnownTask, { status, assignee, group, overdue, order }: TaskFilter): boolean {
    return (
      (status === undefined || task.status === status) &&
      (assignee === undefined || task.assignee === assignee) &&
      (group === undefined || task.group === group) &&
      (overdue === undefined || isOverdue(task, clock()) === overdue) &&
      (order === undefined || task.orderId === order)
    );
  }

  return {
    async task(id: string) {
      const { state } = await tasks.load(id);
      if (state.status === "none") return refuse("task-not-found");
      return { ok: true, view: taskView(id, state, clock()) } as const;
    },

    /**
     * Tasks that pass every filter: open ones, unless a status, an order or an assignee is asked for. One page looks through
     * a stretch of them, and may hold fewer than `limit` while more follow.
     */
    async tasks(filter: TaskFilter): Promise<Page<TaskView>> {
      const { after, limit } = filter;
      const where = whereOf(filter);
      const items: TaskView[] = [];
      let next = after;
      let read = 0;
      do {
        const page = await tasks.find({
          where,
          limit: limit - items.length,
          ...(next !== undefined && { after: next }),
        });
        const known = page.items.filter((each): each is Loaded<KnownTask> => each.state.status !== "none");
        const passing = known.filter(({ state }) => passes(state, filter));
        items.push(...passing.map(({ id, state }) => taskView(id, state, clock())));
        next = page.next;
        read += page.items.length;
      } while (items.length < limit && next !== undefined && read < mostRead);
      return { items, ...(next !== undefined && { next }) };
    },
  };
}

function whereOf({ order, assignee, status = "open", sort }: TaskFilter) {
  if (order !== undefined) return { orderId: order };
  const sorted = sort === "priority" ? { byPriority: {} } : { byDue: {} };
  return assignee === undefined ? { status, ...sorted } : { assignee, ...sorted };
}
