/**
 * A task: the steps of an order, or of work by hand, that people carry out one after another. Its state and what it records;
 * the commands are in `working.ts` and `settling.ts`, what its events make of it in `replaying.ts`.
 *
 * @module
 */
import type { Proof } from "../../ports/mod.ts";
import { type Amount, type Instant, largestAmount, type NetworkId, type UserId } from "../shared/mod.ts";
import type { AssetAmount, NetEffect, Token } from "./effects.ts";
import type { Intent, StepDefinition } from "./offer.ts";

export const taskStatuses = ["open", "compensating", "completed", "compensated", "cancelled", "stuck"] as const;
export const priorities = ["high", "normal", "low"] as const;
export type Priority = (typeof priorities)[number];

/** "all" as an amount: values take the least of it and what there is. */
export const everything = largestAmount;

/** The order that a task carries out, as far as its steps need it. */
export type OrderScope = {
  readonly id: string;
  readonly user: UserId;
  readonly wallet: string;
  readonly play: string;
  readonly version: number;
  readonly digest: string;
  readonly network: NetworkId;
  readonly amount: Amount;
  readonly parameters: { readonly [name: string]: unknown };
  readonly position: { readonly assets: readonly AssetAmount[]; readonly tokens: readonly Token[] };
};

export type StepState = StepDefinition & {
  /** A step that failed waits for a person; one that is undone was done before. */
  readonly status: "pending" | "waiting" | "in_flight" | "failed" | "done" | "undoing" | "undone";
  readonly attempt: number;
  readonly approvedBy: readonly UserId[];
  readonly transfer?: string;
  readonly effects?: readonly NetEffect[];
  readonly reason?: string;
  readonly dueAt?: Instant;
};

type Comment = { readonly by: UserId; readonly text: string; readonly at: Instant };
type Lease = { readonly by: UserId; readonly until: Instant };

export type KnownTask = {
  readonly status: (typeof taskStatuses)[number];
  readonly order?: OrderScope;
  /** For queries: the order's id. */
  readonly orderId?: string;
  readonly title: string;
  readonly group: string;
  readonly priority: Priority;
  readonly openedAt: Instant;
  readonly dueAt?: Instant;
  readonly assignee?: UserId;
  readonly lease?: Lease;
  /** When something happens by itself: a lease runs out, a wait is over. */
  readonly wakeAt?: Instant;
  /** Sort keys of lists. */
  readonly byDue: string;
  readonly byPriority: string;
  /** Who completed or started a step: none of them approves. */
  readonly executors: readonly UserId[];
  readonly steps: readonly StepState[];
  /** The newest ones; the journal has all. */
  readonly comments: readonly Comment[];
  readonly reason?: string;
  readonly incident?: string;
};

export type Task = { readonly status: "none" } | KnownTask;

export type Scope = {
  readonly order: { readonly amount: Amount };
  readonly parameters: { readonly [name: string]: unknown };
  readonly position: OrderScope["position"];
  readonly steps: {
    readonly [id: string]: { readonly effects: readonly NetEffect[]; readonly tokens: readonly Token[] };
  };
};

export type TransferAsked = {
  readonly type: "TransferAsked";
  readonly step: string;
  readonly attempt: number;
  readonly transfer: string;
  readonly compensation: boolean;
  readonly by: UserId;
  readonly order: string;
  readonly user: UserId;
  readonly wallet: string;
  readonly play: string;
  readonly version: number;
  readonly digest: string;
  readonly network: NetworkId;
  readonly intent: Intent;
  readonly scope: Scope;
};

type OnStep = { readonly step: string };
type Judged = OnStep & { readonly by: UserId; readonly proof: Proof; readonly comment?: string };

export type TaskEvent =
  | ({ readonly type: "TaskOpened"; readonly at: Instant; readonly user?: UserId; readonly play?: string } & Omit<
      OpenTask,
      "at"
    >)
  | { readonly type: "TaskClaimed"; readonly by: UserId; readonly until: Instant; readonly order?: string }
  | { readonly type: "TaskReleased"; readonly by: UserId; readonly reason: string }
  | { readonly type: "TaskAssigned"; readonly to: UserId; readonly by: UserId }
  | { readonly type: "TaskCommented"; readonly by: UserId; readonly text: string; readonly at: Instant }
  | ({ readonly type: "StepCompleted"; readonly by: UserId; readonly evidence: unknown } & OnStep)
  | ({ readonly type: "StepApproved" } & Judged)
  | ({ readonly type: "StepRejected" } & Judged)
  | ({ readonly type: "StepWaiting"; readonly dueAt: Instant } & OnStep)
  | ({ readonly type: "StepPassed" } & OnStep)
  | TransferAsked
  | ({ readonly type: "StepSucceeded"; readonly transfer: string; readonly effects: readonly NetEffect[] } & OnStep)
  | ({
      readonly type: "StepFailed";
      readonly transfer?: string;
      readonly reason: string;
      readonly final: boolean;
    } & OnStep)
  | ({ readonly type: "StepRetried"; readonly by: UserId } & OnStep)
  | { readonly type: "TaskCompensating"; readonly order?: string; readonly reason: string }
  | ({ readonly type: "StepCompensated"; readonly transfer?: string; readonly effects: readonly NetEffect[] } & OnStep)
  | { readonly type: "TaskCompleted"; readonly order?: string; readonly effects: readonly NetEffect[] }
  | {
      readonly type: "TaskCompensated";
      readonly order?: string;
      readonly reason: string;
      readonly effects: readonly NetEffect[];
    }
  | { readonly type: "TaskCancelled"; readonly order?: string; readonly reason: string }
  | {
      readonly type: "TaskStuck";
      readonly order?: string;
      readonly incident: string;
      readonly reason: string;
      /** What its steps changed so far. */
      readonly effects: readonly NetEffect[];
    }
  /** Something came that the task had no use for any more. */
  | { readonly type: "TaskNoted"; readonly what: string };

export type OpenTask = {
  readonly order?: OrderScope;
  readonly title: string;
  readonly group: string;
  readonly priority: Priority;
  readonly dueAt?: Instant;
  readonly steps: readonly StepDefinition[];
  readonly at: Instant;
};
