import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../adapters/sqlite/mod.ts";
import { transact } from "../../ports/mod.ts";
import type { Amount } from "../shared/mod.ts";
import { usd } from "./_chain_test.ts";
import { ask, request, start, view } from "./_flow_test.ts";
import { cause, type Platform, user } from "./_platform_test.ts";
import { asking } from "./_velocity_test.ts";
import { inForceId } from "./policy.ts";
import type { Policy, VolumeScope } from "./policy_rules.ts";
import { countedIn, volumeId } from "./volume.ts";

const limited = (of: VolumeScope, limit: string): Policy => ({
  title: "So much a day",
  rules: [
    {
      ...{ name: "so-much-a-day", effect: "allow" },
      when: {
        ...{ initiators: ["owner"], intents: ["send"], destinations: ["registered"] },
        volumes: [{ of, asset: usd, window: "P1D", limit: limit as Amount }],
      },
    },
  ],
});

async function putInForce({ policyInForce }: Platform, policy: Policy) {
  const activated = {
    type: "PolicyActivated",
    proposal: "p",
    version: 2,
    policy,
    at: new Date().toISOString(),
  } as never;
  await transact(policyInForce, inForceId, cause, () => ({ ok: true, events: [activated] }));
}

async function counted({ judging }: Platform, of: VolumeScope, wallet = "") {
  const { state } = await judging.volumes.load(volumeId({ of, asset: usd }, { wallet, user }));
  return countedIn(state, "P1D", new Date().toISOString() as never);
}

test("200 requests at once never exceed a limit over time, and use it up", async () => {
  const { platform, id } = await start();
  await putInForce(platform, limited("platform", "50"));
  await platform.sender[Symbol.asyncDispose]();
  const answers = await asking(platform, id, "t", 200);
  expect(answers.filter((answer) => answer === "accepted")).toHaveLength(50);
  expect(answers.filter((answer) => answer === "policy-refused")).toHaveLength(150);
  expect(await counted(platform, "platform")).toBe("50" as Amount);
});

test("two instances on one store keep to a limit together", async () => {
  const folder = mkdtempSync(join(tmpdir(), "velocity-"));
  const path = join(folder, "wallet.db");
  const worker = new Worker(new URL("./_velocity_worker_test.ts", import.meta.url).href);
  try {
    const { platform, id } = await start({ database: openDatabase(path) });
    await putInForce(platform, limited("user", "50"));
    await platform.sender[Symbol.asyncDispose]();
    const theirs = new Promise<string[]>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    worker.postMessage({ path, wallet: id, count: 100 });
    const [ours, others] = await Promise.all([asking(platform, id, "ours", 100), theirs]);
    const accepted = [ours, others].map((answers) => answers.filter((answer) => answer === "accepted").length);
    expect(accepted[0] ?? 0).toBeGreaterThan(0);
    expect(accepted.reduce((sum, each) => sum + each, 0)).toBe(50);
    expect(await counted(platform, "user")).toBe("50" as Amount);
  } finally {
    worker.terminate();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

test("what a transfer reserved is given back where it ends without having moved money, and kept where it has", async () => {
  const { platform, id, mine } = await start();
  await putInForce(platform, limited("wallet", "50"));
  await request(platform, "t1", ask(id, usd, 30n));
  await mine(3);
  expect(await view(platform, "t1")).toMatchObject({
    status: "final",
    policy: { version: 2, rules: ["so-much-a-day"] },
  });
  expect(await counted(platform, "wallet", id)).toBe("30" as Amount);
  expect(await request(platform, "t2", ask(id, usd, 21n))).toBe("policy-refused");
  expect(await view(platform, "t2")).toMatchObject({
    status: "rejected",
    policy: { verdict: "refused", rule: "no-rule" },
  });
  // The policy in force changes between request and signature: the transfer ends unsigned.
  const load = platform.judging.look;
  let first = true;
  platform.judging.look = async (...given) => {
    const looked = await load(...given);
    if (!first) return { ...looked, judgement: { ...looked.judgement, verdict: "refused" } };
    first = false;
    return looked;
  };
  await request(platform, "t3", ask(id, usd, 20n));
  expect(await view(platform, "t3")).toMatchObject({ status: "failed", failure: { reason: "policy-refused" } });
  expect(await counted(platform, "wallet", id)).toBe("30" as Amount);
});
