/**
 * The whole platform on a local chain, for tests: in this process, on a free port and a folder that goes away. As `npm start`
 * boots it; with `LUCENT_MODE=distributed` each service is wired as in a process of its own, with its servers beside them.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, signIn } from "../client.ts";
import { developmentSigner } from "../development/accounts.ts";
import { type Development, startDevelopment } from "../development/mod.ts";
import { freePort } from "../free_port.ts";
import { type Services, startPlatform } from "../platform.ts";
import type { PlatformConfig } from "../services.ts";
import { openDistributed } from "./distributed_stand.ts";

export type Stand = AsyncDisposable & {
  readonly url: string;
  readonly data: string;
  readonly development: Development;
  readonly platform: () => Running;
  /** Signed in; the admin is a super admin, the approver an admin. */
  readonly team: { readonly admin: Client; readonly approver: Client };
  /** Ends the platform, and begins again on what it left; the chain goes on, and so may others meanwhile. */
  restart(meanwhile?: () => Promise<unknown>): Promise<void>;
};

type Running = AsyncDisposable & { readonly services: Services };

const log = () => {};
const witnessing = 1_000;

export async function startStand(): Promise<Stand> {
  const data = mkdtempSync(join(tmpdir(), "lucent-stand-"));
  await using starting = new AsyncDisposableStack();
  starting.defer(() => rmSync(data, { recursive: true, force: true }));
  const development = starting.use(await startDevelopment(data, log));
  const port = freePort();
  const config = platformConfig(development, data, port);
  const url = config.publicUrl;
  const distributed = process.env.LUCENT_MODE === "distributed";
  const start = distributed
    ? starting.use(await openDistributed(config, witnessing)).start
    : () => startPlatform(config, { witnessing });
  let platform = await start();
  starting.defer(() => platform[Symbol.asyncDispose]());
  await development.seed(url);
  const admin = await signIn(url, developmentSigner("admin"));
  const approver = await signIn(url, developmentSigner("approver"));
  const all = starting.move();
  return {
    ...{ url, data, development, platform: () => platform, team: { admin, approver } },
    async restart(meanwhile) {
      await platform[Symbol.asyncDispose]();
      await meanwhile?.();
      platform = await start();
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

type On = Pick<Development, "networks" | "superAdmins" | "prices">;

/** A platform on the development chain, on a port of this machine. Rates are not limited: tests ask much. */
export function platformConfig(development: On, data: string, port: number): PlatformConfig {
  const { networks, superAdmins, prices } = development;
  return {
    ...{ host: "127.0.0.1", port, data, publicUrl: `http://127.0.0.1:${port}`, networks, superAdmins, prices },
    ...{ origins: ["http://app.example"], logLevel: "silent", rateLimits: "off", trustedProxies: [] },
    destinationDelay: 86_400,
  };
}
