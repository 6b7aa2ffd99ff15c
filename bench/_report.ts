/** One figure, and whether it is as wanted; without a goal it is for information. Notes say what was compared. */
export type Figure = {
  readonly what: string;
  readonly value: number;
  readonly unit: "×" | "ms" | "MB" | "µs" | "/s";
  readonly goal?: { readonly atLeast: number } | { readonly below: number };
  readonly notes?: readonly string[];
};

/** A figure's line: the value, the goal, and whether it was met; its notes below. */
export function lines({ what, value, unit, goal, notes = [] }: Figure): readonly string[] {
  const shown = value >= 100 ? value.toFixed(0) : value.toFixed(2);
  const figure = `  ${what.padEnd(64)}${shown.padStart(10)} ${unit.padEnd(3)}`;
  const wanted = goal && ("atLeast" in goal ? `≥ ${goal.atLeast}` : `< ${goal.below}`);
  const judged = wanted ? `${figure} goal ${wanted.padEnd(6)} ${met({ value, goal }) ? "met" : "MISSED"}` : figure;
  return [judged, ...notes.map((note) => `      ${note}`)];
}

export function met({ value, goal }: Pick<Figure, "value" | "goal">): boolean {
  if (!goal) return true;
  return "atLeast" in goal ? value >= goal.atLeast : value < goal.below;
}
