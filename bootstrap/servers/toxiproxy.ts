import { join } from "node:path";
import { freePort } from "../free_port.ts";
import { installed, step } from "./_install.ts";
import { type ServerProcess, startProcess } from "./_process.ts";
import { withServer } from "./_testing.ts";

const version = "2.5.0";

/** What goes wrong: times in milliseconds, rates in kB a second. */
export type Toxic = (
  | { readonly type: "latency"; readonly attributes: { readonly latency: number; readonly jitter?: number } }
  | { readonly type: "bandwidth"; readonly attributes: { readonly rate: number } }
  /** The connection closes so much later. */
  | { readonly type: "slow_close"; readonly attributes: { readonly delay: number } }
  /** Nothing passes, and the connection closes after that time; 0: not by itself. */
  | { readonly type: "timeout"; readonly attributes: { readonly timeout: number } }
  /** The connection is reset after that time. */
  | { readonly type: "reset_peer"; readonly attributes: { readonly timeout: number } }
  | {
      readonly type: "slicer";
      readonly attributes: { readonly average_size: number; readonly size_variation: number; readonly delay: number };
    }
  /** The connection closes after so many bytes. */
  | { readonly type: "limit_data"; readonly attributes: { readonly bytes: number } }
) & {
  /** What the server says (`downstream`, the default) or what it is told. */
  readonly stream?: "upstream" | "downstream";
  /** The share of connections that it meets, 0 to 1. */
  readonly toxicity?: number;
};

/** One way to a server. Disposing of it closes it for good. */
export type Way = AsyncDisposable & {
  /** Where it listens: `127.0.0.1:<port>`. It stays the same. */
  readonly address: string;
  add(toxic: Toxic): Promise<void>;
  /** Takes all toxics away. */
  clear(): Promise<void>;
  /** Closes all connections and takes no others. */
  disable(): Promise<void>;
  enable(): Promise<void>;
};

export type Toxiproxy = {
  /** Opens a way to `upstream` (`host:port`), on a free port. The name is nobody else's. */
  proxy(name: string, upstream: string): Promise<Way>;
};

/** Installs Toxiproxy by Go. Answers the program. */
export async function installToxiproxy(): Promise<string> {
  const folder = await installed(`toxiproxy-${version}`, (into) =>
    step(
      "Toxiproxy",
      "env",
      `GOBIN=${into}`,
      "go",
      "install",
      `github.com/Shopify/toxiproxy/v2/cmd/server@v${version}`,
    ),
  );
  return join(folder, "server");
}

/** Starts Toxiproxy, a TCP proxy that is slow, cuts and resets as it is told. */
export async function startToxiproxy({ port = freePort() } = {}): Promise<ServerProcess & Toxiproxy> {
  const server = await startProcess({
    name: "Toxiproxy",
    url: `http://127.0.0.1:${port}`,
    command: [await installToxiproxy(), "-host", "127.0.0.1", "-port", `${port}`],
    answers: async (url) => (await fetch(`${url}/version`)).ok,
  });
  return { ...server, ...toxiproxyAt(server.url) };
}

/** Declares tests that need Toxiproxy: the one that TOXIPROXY_URL names, else one that is started for them. */
export function withToxiproxy(declare: (toxiproxy: Toxiproxy) => void): Promise<void> {
  return withServer({ name: "Toxiproxy", variable: "TOXIPROXY_URL", start: startToxiproxy }, (url) =>
    declare(toxiproxyAt(url)),
  );
}

/** The Toxiproxy of that URL, which may be another process's. */
function toxiproxyAt(url: string): Toxiproxy {
  async function ask(method: string, path: string, body?: object) {
    const response = await fetch(`${url}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`Cannot ${method} ${path} of Toxiproxy: ${response.status} ${text.trim()}`);
    return text ? JSON.parse(text) : undefined;
  }

  return {
    async proxy(name, upstream) {
      const { listen } = await ask("POST", "/proxies", { name, listen: "127.0.0.1:0", upstream, enabled: true });
      const path = `/proxies/${encodeURIComponent(name)}`;
      let toxics = 0;
      return {
        address: listen,
        async add({ stream = "downstream", toxicity = 1, ...toxic }) {
          await ask("POST", `${path}/toxics`, { ...toxic, stream, toxicity, name: `${toxic.type}-${toxics++}` });
        },
        async clear() {
          for (const toxic of await ask("GET", `${path}/toxics`)) await ask("DELETE", `${path}/toxics/${toxic.name}`);
        },
        disable: () => ask("POST", path, { enabled: false }),
        enable: () => ask("POST", path, { enabled: true }),
        [Symbol.asyncDispose]: () => ask("DELETE", path),
      };
    },
  };
}
