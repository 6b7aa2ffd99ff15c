import { expect, test } from "bun:test";
import type { Amount, UserId } from "../shared/mod.ts";
import { codec } from "./_abi_test.ts";
import { usd } from "./_chain_test.ts";
import { ask, request, start } from "./_flow_test.ts";
import { cause, user } from "./_platform_test.ts";
import { createPolicyService, policyKind, spellingBy } from "./mod.ts";
import type { Policy } from "./policy_rules.ts";

const approver = { ...cause, actor: "u2" as UserId };
const proof = { account: "eip155:1:0x1", action: "policy.approve", digest: "d", message: "m", signature: "s" } as never;

/** Sends to the address of registration, up to ten dollars. */
const upToTen: Policy = {
  title: "Up to ten",
  rules: [
    {
      ...{ name: "up-to-ten", effect: "allow" },
      when: { initiators: ["owner"], destinations: ["registered"], amounts: [{ asset: usd, limit: "10" as Amount }] },
    },
  ],
};

async function open() {
  const stand = await start();
  const { stores, policyInForce, transfers } = stand.platform;
  const service = createPolicyService({
    ...{ policies: stores.open(policyKind), policyInForce, transfers, spelling: spellingBy(codec) },
    verifyProof: async ({ signature }) => signature === "s",
    digest: (value) => Bun.SHA256.hash(JSON.stringify(value), "hex"),
    clock: () => new Date().toISOString() as never,
    newId: () => Bun.randomUUIDv7(),
  });
  const propose = async (policy: Policy) => {
    const outcome = await service.propose(policy, cause);
    if (!outcome.ok) throw new Error(outcome.refusal);
    return outcome.view;
  };
  return { ...stand, service, propose };
}

test("a policy is in force once another person approved its digest, and transfers are judged by it", async () => {
  const { service, propose, platform, id } = await open();
  const made = await propose(upToTen);
  expect(made).toMatchObject({ status: "proposed", base: 1, proposedBy: user });
  const decide = (digest: string, who = approver, decision: "approve" | "reject" = "approve", given = proof) =>
    service.decide(made.id, { decision, digest, proof: given }, who);
  expect(await decide(made.digest, cause)).toMatchObject({ refusal: "policy-approver-is-author" });
  expect(await decide("another")).toMatchObject({ refusal: "policy-digest-differs" });
  expect(await decide(made.digest, approver, "approve", {} as never)).toMatchObject({ refusal: "proof-invalid" });
  expect(await request(platform, "t1", ask(id, usd, 11n))).toMatchObject({ policy: { version: 1 } });
  expect(await decide(made.digest)).toMatchObject({ ok: true, view: { status: "in_force", version: 2 } });
  expect(await decide(made.digest)).toMatchObject({ refusal: "policy-not-proposed" });
  expect(await request(platform, "t2", ask(id, usd, 11n))).toBe("policy-refused");
  expect(await request(platform, "t3", ask(id, usd, 10n))).toMatchObject({
    policy: { version: 2, rules: ["up-to-ten"], words: "Allowed by up-to-ten." },
  });
  const { items } = await service.list({ limit: 10 });
  expect(items.map(({ status, version }) => [status, version])).toEqual([
    ["in_force", 2],
    ["superseded", 1],
  ]);
});

test("what was written on a version that is no longer in force can't be approved, only rejected", async () => {
  const { service, propose } = await open();
  const [one, other] = [await propose(upToTen), await propose({ ...upToTen, title: "Other" })];
  const decide = (it: typeof one, decision: "approve" | "reject") =>
    service.decide(it.id, { decision, digest: it.digest, proof }, approver);
  expect(await decide(one, "approve")).toMatchObject({ ok: true });
  expect(await decide(other, "approve")).toMatchObject({ refusal: "policy-outdated" });
  expect(await decide(other, "reject")).toMatchObject({ ok: true, view: { status: "rejected", decidedBy: "u2" } });
});

test("a trial tells which recorded transfers a policy would have judged otherwise, and records nothing", async () => {
  const { service, platform, id } = await open();
  await request(platform, "t1", ask(id, usd, 10n));
  await request(platform, "t2", ask(id, usd, 11n));
  await request(platform, "t3", ask(id, usd, 1n, "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"));
  expect(await service.trial(upToTen, 100)).toMatchObject({
    view: { judged: 3, different: [{ transfer: "t2", was: "allowed", would: "refused" }] },
  });
  const volumes = [{ of: "wallet", asset: usd, window: "P1D", limit: "20" as Amount } as const];
  const [rule] = upToTen.rules;
  const overTime = { title: "Over time", rules: [{ ...rule, when: { initiators: ["owner"], volumes } }] } as Policy;
  expect(await service.trial(overTime, 100)).toMatchObject({
    view: {
      different: [
        { transfer: "t2", would: "refused" },
        { transfer: "t3", was: "refused", would: "allowed" },
      ],
    },
  });
  expect((await service.list({ limit: 10 })).items.map(({ id }) => id)).toEqual(["built-in"]);
});

test("a faulty policy is neither proposed nor tried", async () => {
  const { service } = await open();
  const lower = usd.toLowerCase() as typeof usd;
  const faulty: Policy = { title: "Faulty", rules: [{ name: "a", effect: "deny", when: { assets: [lower] } }] };
  const faults = [{ pointer: "/rules/0/when/assets/0" }];
  expect(await service.propose(faulty, cause)).toMatchObject({ refusal: "policy-faulty", faults });
  expect(await service.trial(faulty, 1)).toMatchObject({ refusal: "policy-faulty", faults });
});
