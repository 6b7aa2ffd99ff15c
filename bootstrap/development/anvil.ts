import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Log } from "../../ports/mod.ts";
import { freePort } from "../free_port.ts";
import { anvilProcess } from "./_anvil_process.ts";
import { chainState } from "./_chain_state.ts";
import { rpc } from "./_rpc.ts";

export type ChainOptions = {
  /** The data folder: the chain lives in `chain` below it. */
  readonly folder: string;
  /** Where it listens, should it have to be started; else where it did before, or a free port. */
  readonly port?: number;
  readonly log: Log;
};

/** The local development chain: it runs on when this process dies. */
export type Chain = {
  readonly url: string;
  readonly pid: number;
  /** Ends it, its state written, and waits until it is gone. */
  stop(): Promise<void>;
};

const chainId = 31337;
const loopback = "127.0.0.1";
const patience = 10_000;
const attempts = 3;
const betweenCopies = 250;
const untilReleased = 1_000;

/**
 * Flags, and why. Blocks come by the clock: automine wedges under pipelined sends. `finalized` is two blocks behind. Cancun:
 * later hard forks keep 8,191 block hashes in storage, which makes each state and each block slow. Older states go to disk
 * and the last 300 are kept: in memory (`--prune-history`) or in the dump (`--preserve-historical-states`) each holds every
 * block hash, gigabytes after an hour; unbounded they fill ~/.foundry.
 */
const flags = [
  ...["--host", loopback, "--chain-id", `${chainId}`, "--quiet"],
  ...["--block-time", "1", "--slots-in-an-epoch", "1", "--hardfork", "cancun"],
  ...["--max-persisted-states", "300", "--state-interval", "1"],
];

/** Where the chain of this data folder is, or was when it last ran; undefined where there never was one. */
export function chainUrlOf(data: string): string | undefined {
  const portFile = join(data, "chain", "port");
  return existsSync(portFile) ? `http://${loopback}:${readFileSync(portFile, "utf8")}` : undefined;
}

/** Finds the chain of this folder where it still runs; starts it from its last state where it does not. */
export async function startChain({ folder, port, log }: ChainOptions): Promise<Chain> {
  const home = join(folder, "chain");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const portFile = join(home, "port");
  const state = chainState(home);
  const anvil = anvilProcess(home, state.dump);
  const remembered = () => (existsSync(portFile) ? Number(readFileSync(portFile, "utf8")) : 0);

  for (let attempt = 0; attempt < attempts; attempt++) {
    if (anvil.pid() === undefined) await begin();
    const url = `http://${loopback}:${remembered()}`;
    const pid = await answering(url, anvil);
    if (pid !== undefined) return { url, pid, stop: keeping() };
    if (anvil.pid() !== undefined) log("The development chain does not answer and is started again", { url });
    await anvil.end();
  }
  throw new Error(`Cannot start the development chain: ${anvil.lastWords()}`);

  async function begin(): Promise<void> {
    const known = port ?? remembered();
    const taken = known > 0 && (await isTaken(known));
    if (taken && port !== undefined)
      throw new Error(`Cannot start the development chain: another program uses port ${port}`);
    const free = taken || known === 0 ? freePort() : known;
    if (taken) log(`Port ${known} is taken: the development chain moves`, { port: free });
    writeFileSync(portFile, `${free}`);
    const states = join(home, "states");
    rmSync(states, { recursive: true, force: true });
    const last = state.recover();
    const files = ["--cache-path", states, "--dump-state", state.dump, ...(last ? ["--load-state", last] : [])];
    anvil.start([...flags, "--port", `${free}`, ...files]);
  }

  function keeping(): () => Promise<void> {
    const timer = setInterval(() => {
      try {
        state.keep();
      } catch (error) {
        log("Cannot keep the development chain's state", { folder: home, error });
      }
    }, betweenCopies);
    // The chain lives without us, and we without it.
    timer.unref();
    return async () => {
      clearInterval(timer);
      await anvil.end();
      state.recover();
    };
  }
}

/** The process once its node answers; undefined where it has gone or stays silent. */
async function answering(url: string, anvil: ReturnType<typeof anvilProcess>): Promise<number | undefined> {
  for (const started = Date.now(); anvil.runs() && Date.now() - started < patience; await setTimeout(20)) {
    const id = await rpc<string>(url, "eth_chainId", [], 1_000).catch(() => undefined);
    if (Number(id) === chainId && anvil.pid() !== undefined) return anvil.pid();
  }
  return undefined;
}

/** Whether a program listens there, and goes on to: one that was just killed lets go of its port a moment later. */
async function isTaken(port: number): Promise<boolean> {
  for (const started = Date.now(); Date.now() - started < untilReleased; await setTimeout(20)) {
    const socket = await Bun.connect({ hostname: loopback, port, socket: { data() {} } }).catch(() => undefined);
    if (!socket) return false;
    socket.end();
  }
  return true;
}
