/** Short in `npm test`, long in `npm run test:faults`. */
export type Scale = "short" | "long";

export type Run = {
  readonly seed: number;
  readonly tell: (line: string) => void;
  readonly scale: Scale;
};

export type Outcome = {
  readonly figures: Readonly<Record<string, number>>;
  /** What is wrong; empty where all held. */
  readonly faults: readonly string[];
};

/** One way to torture a platform, and what must hold nevertheless. */
export type Campaign = {
  readonly name: string;
  readonly what: string;
  run(run: Run): Promise<Outcome>;
};
