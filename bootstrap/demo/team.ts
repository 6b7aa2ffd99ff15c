import type { Client } from "../client.ts";
import { part, refused, type Stage, tell } from "./stage.ts";
import { until } from "./until.ts";

type Step = { id: string; type: string; status: string; reason?: string };
export type Task = { id: string; status: string; reason?: string; incident?: string; steps: Step[] };
type Draft = { id: string; digest: string };
export type Published = { readonly id: string; readonly title: string };

/** Drafts a play, has it approved by a second person, and so publishes it. */
export async function publish({ team: { admin, approver } }: Stage, definition: { title: string }): Promise<Published> {
  part(`The team drafts "${definition.title}"; another person approves its digest, which publishes it`);
  const { id, digest } = await admin.post<Draft>("/v1/plays", definition);
  await admin.post(`/v1/plays/${id}/publish`);
  await refused("the author's own approval", "play-approver-is-author", () =>
    admin.post(`/v1/plays/${id}/approvals`, { decision: "approve", digest }),
  );
  await approver.post(`/v1/plays/${id}/approvals`, { decision: "approve", digest, comment: "Read and tried" });
  tell(`version 1 is published, digest ${digest}`);
  return { id, title: definition.title };
}

/** The order's task, once it is open. */
export async function taskOf(admin: Client, order: string): Promise<Task> {
  const ask = () => admin.get<{ items: Task[] }>(`/v1/tasks?order=${order}`);
  const { items } = await until("the order's task to open", ask, (page) => page.items.length > 0);
  return items[0] as Task;
}

/** Carries out transaction steps one after another, each seen through to its end. */
export async function carryOut(admin: Client, task: string, ...steps: readonly string[]): Promise<Task> {
  let last = await admin.get<Task>(`/v1/tasks/${task}`);
  for (const id of steps) {
    await admin.post(`/v1/tasks/${task}/steps/${id}/complete`, {});
    const stepOf = ({ steps }: Task) => steps.find((step) => step.id === id);
    last = await until(
      `step ${id} to end`,
      () => admin.get<Task>(`/v1/tasks/${task}`),
      (read) => stepOf(read)?.status !== "in_flight",
    );
    tell(`step ${id}: ${stepOf(last)?.status}${stepOf(last)?.reason ? `, ${stepOf(last)?.reason}` : ""}`);
  }
  return last;
}
