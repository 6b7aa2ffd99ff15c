/**
 * `npm run demo`: the platform's main job over HTTP, as a client would do it, against the platform that runs or one that it
 * starts. Every figure is compared with what the chain says, read without the platform; the first that is wrong ends it.
 *
 * @module
 */
import { readConfig } from "./config.ts";
import { findPlatform } from "./demo/platform.ts";
import { playStory } from "./demo/story.ts";
import { chainUrlOf } from "./development/anvil.ts";
import { deployContracts } from "./development/deploy.ts";

const outcome = readConfig(process.env);
if ("faults" in outcome) {
  process.stderr.write(`${outcome.faults.join("\n")}\n`);
  process.exit(1);
}
const { config } = outcome;

try {
  await using platform = await findPlatform(config);
  const chainUrl = chainUrlOf(config.data);
  if (!chainUrl) throw new Error(`no local chain in "${config.data}": give the LUCENT_DATA of the running platform`);
  await playStory({ url: platform.url, chainUrl, contracts: await deployContracts(chainUrl) });
} catch (error) {
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
process.stdout.write("\nEvery figure held.\n");
process.exit(0);
