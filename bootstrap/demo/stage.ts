import { isDeepStrictEqual } from "node:util";
import { type Client, Refused } from "../client.ts";
import type { Contracts } from "../development/deploy.ts";
import type { DemoChain } from "./chain.ts";

/** What every scene of the demo has. */
export type Stage = {
  readonly url: string;
  readonly chain: DemoChain;
  readonly contracts: Contracts;
  /** CAIP-19 of what the demo moves. */
  readonly assets: { readonly native: string; readonly token: string; readonly shares: string };
  readonly team: { readonly admin: Client; readonly approver: Client };
};

let parts = 0;

/** Begins a part of the story. */
export function part(title: string): void {
  parts += 1;
  process.stdout.write(`\n${parts}. ${title}\n`);
}

/** Tells something that happened. */
export function tell(line: string): void {
  process.stdout.write(`  ${line}\n`);
}

/** Tells a figure of the platform, and ends the demo where it is not what it must be. */
export function same(what: string, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) {
    throw new Error(`${what}: ${JSON.stringify(actual)}, and not ${JSON.stringify(expected)}`);
  }
  tell(`= ${what}: ${typeof actual === "string" ? actual : JSON.stringify(actual)}`);
}

/** Ends the demo unless it is so. */
export function holds(what: string, truth: boolean): void {
  if (!truth) throw new Error(`It does not hold: ${what}`);
  tell(`= ${what}`);
}

/** Ends the demo unless the platform refuses, for this reason. */
export async function refused(what: string, reason: string, attempt: () => Promise<unknown>): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof Refused && error.problem.type === `urn:lucent:problem:${reason}`) {
      return tell(`- ${what} is refused: ${error.problem.title}`);
    }
    throw error;
  }
  throw new Error(`The platform took ${what}`);
}
