import { mkdtempSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free_port.ts";
import { installed, step } from "./_install.ts";
import { type ServerProcess, startProcess } from "./_process.ts";
import { withServer } from "./_testing.ts";

const version = "0.7.0b3";

type Options = {
  readonly port?: number;
  /** Where it keeps its files; by default in a folder that goes with it. */
  readonly storage?: string;
  /** Whether clients must sign in. */
  readonly auth?: boolean;
};

/** Installs SecantusDB, a server that speaks MongoDB's protocol, from PyPI. Answers the folder. */
export function installSecantus(): Promise<string> {
  return installed(`secantusdb-${version}`, async (folder) => {
    await step("SecantusDB", "python3", "-m", "venv", folder);
    const pip = [join(folder, "bin", "python"), "-m", "pip", "install", "--quiet", "--pre"];
    await step("SecantusDB", ...pip, `secantusdb==${version}`);
  });
}

/** Starts SecantusDB as a replica set of one; it writes through to the disk at each commit. */
export async function startSecantus(given: Options = {}): Promise<ServerProcess> {
  const { port = freePort(), storage, auth = false } = given;
  const folder = await installSecantus();
  const temporary = storage === undefined ? mkdtempSync(join(tmpdir(), "lucent-secantusdb-")) : undefined;
  const options = ["--port", `${port}`, "--storage-path", storage ?? temporary ?? "", "--log-level", "ERROR"];
  return await startProcess({
    name: "SecantusDB",
    url: `mongodb://127.0.0.1:${port}`,
    command: [
      join(folder, "bin", "python"),
      join(import.meta.dir, "secantusdb.py"),
      ...options,
      ...(auth ? ["--auth"] : []),
    ],
    answers: accepts,
    ...(temporary !== undefined && { temporary }),
  });
}

/** Declares tests that need MongoDB's protocol: on the server that MONGODB_URL names, else on SecantusDB. */
export function withMongodb(declare: (url: string) => void): Promise<void> {
  return withServer({ name: "SecantusDB", variable: "MONGODB_URL", start: startSecantus }, declare);
}

/** It listens once it serves. */
function accepts(url: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  return promise.finally(() => socket.destroy());
}
