/** In milliseconds. */
export type Timing = {
  /** How long a node may take to answer, and to trace: then it runs transactions again. */
  readonly answer: number;
  readonly trace: number;
  /** How long a node is taken for what it was when it was last looked at. */
  readonly trust: number;
  /** Between questions for the head, while nothing is pushed. */
  readonly poll: number;
  /** How long a subscription may say nothing before the head is asked for. */
  readonly silence: number;
  /** How long a push may come after an answer that tells of the same block. */
  readonly grace: number;
  /** The longest pause between attempts to subscribe: it doubles. */
  readonly pause: number;
};

export const usual: Timing = {
  ...{ answer: 10_000, trace: 30_000, trust: 60_000 },
  ...{ poll: 1_000, silence: 15_000, grace: 5_000, pause: 60_000 },
};

export function isTrace(method: string): boolean {
  return method.startsWith("debug_");
}
