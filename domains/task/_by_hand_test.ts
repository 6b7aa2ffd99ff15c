import { admin, causeOf, check, release, startTasks } from "./_world_test.ts";
import type { NewTask } from "./mod.ts";

export const byHand: NewTask = {
  ...{ title: "Compare the books", group: "accounting", priority: "normal" },
  steps: [check, release] as NewTask["steps"],
};

/** A task that was opened by hand. */
export async function opened(started = startTasks(), given: Partial<NewTask> = {}) {
  const outcome = await started.tasks.open({ ...byHand, ...given }, causeOf(admin));
  if (!outcome.ok) throw new Error(outcome.refusal);
  return { ...started, id: outcome.view.id, view: outcome.view };
}
