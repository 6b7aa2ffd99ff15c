/** One figure, and whether it is as wanted; without a goal it is for information. */
export type Figure = {
  readonly what: string;
  readonly value: number;
  readonly unit: "×" | "ms" | "MB" | "µs" | "/s";
  readonly goal?: { readonly atLeast: number } | { readonly below: number };
};

/** One line a figure; those that miss their goal say so. */
export function line({ what, value, unit, goal }: Figure): string {
  const shown = value >= 100 ? value.toFixed(0) : value.toFixed(2);
  const figure = `${shown.padStart(10)} ${unit.padEnd(3)}`;
  if (!goal) return `  ${what.padEnd(64)}${figure}`;
  const wanted = "atLeast" in goal ? `≥ ${goal.atLeast}` : `< ${goal.below}`;
  return `  ${what.padEnd(64)}${figure} goal ${wanted}${met({ value, goal }) ? "" : "   MISSED"}`;
}

export function met({ value, goal }: Pick<Figure, "value" | "goal">): boolean {
  if (!goal) return true;
  return "atLeast" in goal ? value >= goal.atLeast : value < goal.below;
}
