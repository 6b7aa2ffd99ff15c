import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HDNodeWallet } from "ethers";
import { call, signIn } from "../client.ts";
import { localSigner } from "../development/accounts.ts";
import { freePort } from "../free_port.ts";
import { startPlatform } from "../platform.ts";
import { platformConfig } from "./stand.ts";

const folder = mkdtempSync(join(tmpdir(), "lucent-limits-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A platform without chains. */
function start(rateLimits: { readonly user: number; readonly address: number }) {
  const config = platformConfig({ networks: [], superAdmins: [], prices: [] }, folder, freePort());
  return startPlatform({ ...config, rateLimits });
}

test("a platform refuses what is above its limits, and is healthy meanwhile", async () => {
  await using platform = await start({ user: 100, address: 5 });
  const statuses = [];
  for (let asked = 0; asked < 8; asked++) statuses.push((await fetch(`${platform.url}/v1/plays`)).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
  expect((await fetch(`${platform.url}/health/live`)).status).toBe(200);
});

test("a user has a limit of their own, and others go on", async () => {
  await using platform = await start({ user: 3, address: 100 });
  const [ada, grace] = await Promise.all(
    [1, 2].map(() => signIn(platform.url, localSigner(HDNodeWallet.createRandom()))),
  );
  for (let asked = 0; asked < 3; asked++) await ada?.get("/v1/users/me");
  await expect(ada?.get("/v1/users/me")).rejects.toMatchObject({
    ...{ status: 429, problem: { type: "urn:lucent:problem:rate-limited", "violated-policies": ["user"] } },
  });
  expect(await grace?.get("/v1/users/me")).toMatchObject({ id: grace?.user });
  expect((await call(platform.url, "GET", "/v1/plays")).status).toBe(200);
});
