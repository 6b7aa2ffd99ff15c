import { expect, test } from "bun:test";
import { transact } from "../../ports/mod.ts";
import { type Instant, later } from "../shared/mod.ts";
import { codec } from "./_abi_test.ts";
import { evm, usd } from "./_chain_test.ts";
import { ask, request, start } from "./_flow_test.ts";
import { cause, keyed, user, viewer } from "./_platform_test.ts";
import { createDestinationService, createJudging, spellingBy } from "./mod.ts";
import { inForceId } from "./policy.ts";

const elsewhere = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
const account = `${evm.id}:${elsewhere}`;
const begin = "2026-11-24T10:00:00.000Z" as Instant;

async function open(platform: Awaited<ReturnType<typeof start>>["platform"]) {
  const { wallets, destinations } = platform;
  let now = begin;
  const clock = () => now;
  const service = createDestinationService({
    ...{ wallets, destinations, spelling: spellingBy(codec), delay: 86_400, clock, newId: () => Bun.randomUUIDv7() },
  });
  const judging = createJudging({ ...platform.judged, clock });
  const kindsAt = async (wallet: string, seconds: number) => {
    now = later(begin, seconds);
    const call = { to: elsewhere, value: "1" as never, data: "0x" };
    const intent = { type: "send", asset: usd, to: elsewhere, amount: "1" } as const;
    const facts = { initiator: "owner", user, wallet, network: evm.id, intent, call, amounts: [] };
    return (await judging.factsOf(facts)).destinations[0]?.kinds;
  };
  return { service, kindsAt };
}

test("a new destination counts after its delay, and no longer once it is removed", async () => {
  const { platform, id } = await start();
  const { service, kindsAt } = await open(platform);
  const added = await service.add(id, { account: account.toLowerCase(), label: "Exchange" }, viewer, cause);
  expect(added).toMatchObject({ view: { account, status: "waiting", activeFrom: later(begin, 86_400) } });
  expect(await kindsAt(id, 86_399)).toEqual([]);
  // Adding it once more neither hastens nor delays it.
  const again = await service.add(id, { account, label: "Again" }, viewer, cause);
  expect(again).toMatchObject({ view: { label: "Exchange", activeFrom: later(begin, 86_400) } });
  expect(await kindsAt(id, 86_400)).toEqual(["allow-listed"]);
  expect(await kindsAt("another wallet", 86_400)).toEqual([]);
  const listed = await service.list(id, viewer);
  expect(listed).toMatchObject({ items: [{ status: "active" }] });
  const destination = listed.ok ? (listed.items[0]?.id ?? "") : "";
  expect(await service.remove(id, destination, viewer, cause)).toMatchObject({ ok: true });
  expect(await kindsAt(id, 86_401)).toEqual([]);
  expect(await service.remove(id, destination, viewer, cause)).toMatchObject({ refusal: "destination-not-found" });
});

test("strangers neither see nor change a list, and what is no account is not on one", async () => {
  const { platform, id } = await start();
  const { service } = await open(platform);
  const stranger = { user: "u2" as typeof user, any: false };
  const refused = { refusal: "wallet-not-found" };
  expect(await service.list(id, stranger)).toMatchObject(refused);
  expect(await service.add(id, { account, label: "Mine" }, stranger, cause)).toMatchObject(refused);
  expect(await service.remove(id, "d", stranger, cause)).toMatchObject(refused);
  const wrong = `${evm.id}:${elsewhere.replace("C4", "c4")}`;
  expect(await service.add(id, { account: wrong, label: "Typo" }, viewer, cause)).toMatchObject({
    refusal: "account-malformed",
  });
});

test("transfers go where the policy lets allow-listed destinations receive", async () => {
  const { platform, id } = await start();
  const when = { destinations: ["allow-listed"] };
  const policy = { title: "Listed", rules: [{ name: "listed", effect: "allow", when }] };
  const at = new Date().toISOString();
  const [activated] = [{ type: "PolicyActivated", proposal: "p", version: 2, policy, at }] as never[];
  const added = { type: "DestinationAdded", user, destination: "d", account, label: "x", at, activeFrom: at } as never;
  const { policyInForce, destinations } = platform;
  await transact(policyInForce, inForceId, keyed("policy"), () => ({ ok: true, events: [activated as never] }));
  expect(await request(platform, "t1", ask(id, usd, 5n, elsewhere))).toBe("policy-refused");
  await transact(destinations, id, keyed("added"), () => ({ ok: true, events: [added] }));
  expect(await request(platform, "t2", ask(id, usd, 5n, elsewhere))).toMatchObject({ policy: { rules: ["listed"] } });
  expect(await request(platform, "t3", ask(id, usd, 5n))).toBe("policy-refused");
});
