import { expect, test } from "bun:test";
import type { Campaign } from "./campaign.ts";

/** Declares a campaign's short form as a test. FAULT_SEED chooses what happens when. */
export function shortForm({ name, run }: Campaign, fact: string): void {
  test(fact, async () => {
    const seed = Number(process.env.FAULT_SEED ?? 7);
    process.stdout.write(`${name} campaign, FAULT_SEED=${seed}\n`);
    const said: string[] = [];
    const { figures, faults } = await run({ seed, tell: (line) => said.push(line), scale: "short" });
    if (faults.length > 0) process.stdout.write(`${said.join("\n")}\n${JSON.stringify(figures)}\n`);
    expect(faults).toEqual([]);
  }, 300_000);
}
