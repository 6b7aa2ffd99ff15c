import { installSecantus, ServerMissing } from "../bootstrap/servers/mod.ts";
import type { Figure } from "./_report.ts";

/** Measures what needs SecantusDB; where it can't be installed nothing is measured, and that is said. */
export async function onSecantus(measure: () => Promise<Figure[]>): Promise<Figure[]> {
  try {
    await installSecantus();
  } catch (error) {
    if (!(error instanceof ServerMissing)) throw error;
    console.error(`Not measured: ${error.message}`);
    return [];
  }
  return await measure();
}
