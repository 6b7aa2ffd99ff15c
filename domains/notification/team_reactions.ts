import { type Notify, toStream } from "./_telling.ts";

type By = { by: string };
type Step = { step: string };
type Because = { reason: string };
type Opened = { title: string; group: string; priority: string; dueAt?: string; order?: { id: string } };
type Asked = Step & { transfer: string; compensation: boolean };
type Incident = Because & { order?: string; task?: string };

/** What the team is told, as it happens: tasks and incidents to those who see them, plays to those who run them. */
export function teamReactions({ notify }: { readonly notify: Notify }) {
  const task = toStream(notify, "task:read", "task");
  const incident = toStream(notify, "incident:read", "incident");
  const offered = toStream(notify, "play:approve", "play");
  const play = toStream(notify, "play:publish", "play");
  const platform = toStream(notify, "incident:read", "platform");
  const by = ({ by }: By) => ({ by });
  const step = ({ step }: Step) => ({ step });
  const stepBy = ({ step, by }: Step & By) => ({ step, by });
  const because = ({ reason }: Because) => ({ reason });
  const becauseOf = ({ reason, by }: Because & By) => ({ reason, by });

  return {
    task: {
      TaskOpened: task("task.opened", "Task opened", ({ title, group, priority, dueAt, order }: Opened) => ({
        ...{ title, group, priority },
        ...(dueAt !== undefined && { dueAt }),
        ...(order && { order: order.id }),
      })),
      TaskClaimed: task("task.claimed", "Task claimed", ({ by, until }: By & { until: string }) => ({ by, until })),
      TaskReleased: task("task.released", "Task released", becauseOf),
      TaskAssigned: task("task.assigned", "Task assigned", ({ to, by }: By & { to: string }) => ({ to, by })),
      TaskCommented: task("task.commented", "Comment on a task", by),
      StepCompleted: task("task.step-completed", "Step completed", stepBy),
      StepApproved: task("task.step-approved", "Step approved", stepBy),
      StepRejected: task("task.step-rejected", "Step rejected", stepBy),
      StepWaiting: task("task.step-waiting", "Step waiting", ({ step, dueAt }: Step & { dueAt: string }) => ({
        step,
        dueAt,
      })),
      StepPassed: task("task.step-passed", "Wait over", step),
      TransferAsked: task("task.transfer-asked", "Transfer under way", ({ step, transfer, compensation }: Asked) => ({
        ...{ step, transfer, compensation },
      })),
      StepSucceeded: task("task.step-succeeded", "Step succeeded", step),
      StepFailed: task(
        "task.step-failed",
        "Step failed",
        ({ step, reason, final }: Step & Because & { final: boolean }) => ({
          ...{ step, reason, final },
        }),
      ),
      StepRetried: task("task.step-retried", "Step tried again", stepBy),
      TaskCompensating: task("task.compensating", "Task being undone", because),
      StepCompensated: task("task.step-compensated", "Step undone", step),
      TaskCompleted: task("task.completed", "Task completed"),
      TaskCompensated: task("task.compensated", "Task undone", because),
      TaskCancelled: task("task.cancelled", "Task cancelled", because),
      TaskStuck: task("task.stuck", "Task stuck", ({ incident, reason }: Because & { incident: string }) => ({
        ...{ incident, reason },
      })),
    },

    incident: {
      IncidentOpened: incident("incident.opened", "Incident opened", ({ reason, order, task }: Incident) => ({
        reason,
        ...(order !== undefined && { order }),
        ...(task !== undefined && { task }),
      })),
      IncidentResolved: incident(
        "incident.resolved",
        "Incident resolved",
        ({ by, resolution }: By & { resolution: string }) => ({ by, resolution }),
      ),
    },

    platform_freeze: {
      PlatformFrozen: platform("platform.frozen", "Platform frozen: nothing is signed", becauseOf),
      PlatformUnfrozen: platform("platform.unfrozen", "Platform no longer frozen", becauseOf),
    },

    play: {
      PlayOffered: offered("play.offered", "A play awaits approval", ({ digest, by }: By & { digest: string }) => ({
        ...{ digest, by },
      })),
      PlayRejected: play("play.rejected", "Play rejected", ({ digest, by }: By & { digest: string }) => ({
        digest,
        by,
      })),
      PlayPublished: play("play.published", "Play published", ({ version, by }: By & { version: number }) => ({
        ...{ version, by },
      })),
      PlayPaused: play("play.paused", "Play paused", becauseOf),
      PlayResumed: play("play.resumed", "Play resumed", becauseOf),
      PlayRetired: play("play.retired", "Play retired", becauseOf),
    },
  };
}
