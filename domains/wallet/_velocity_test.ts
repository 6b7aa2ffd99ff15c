import { usd } from "./_chain_test.ts";
import { ask } from "./_flow_test.ts";
import { cause, type Platform, viewer } from "./_platform_test.ts";

/** Asks for so many transfers of one dollar at once; how each was answered. */
export async function asking(platform: Platform, wallet: string, name: string, count: number): Promise<string[]> {
  const requests = Array.from({ length: count }, async (_, place) => {
    const outcome = await platform.transferService.request(`${name}${place}`, ask(wallet, usd, 1n), viewer, cause);
    return outcome.ok ? "accepted" : outcome.refusal;
  });
  return Promise.all(requests);
}
