import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "./config.ts";
import { developmentSigner } from "./development/accounts.ts";
import { withCheckers } from "./servers/mod.ts";
import { processNames, serviceNames } from "./service_names.ts";

type Container = {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly { readonly host_ip: string; readonly published: string }[];
  readonly networks: Readonly<Record<string, unknown>>;
  readonly [option: string]: unknown;
};
type Project = {
  readonly services: Readonly<Record<string, Container>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
};

const folder = join(import.meta.dir, "..", "deploy");
const text = (name: string) => readFileSync(join(folder, name), "utf8");

/** The variables that the image sets. */
function imageEnvironment(): Record<string, string> {
  const [, lines = ""] = /^ENV ((?:.*\\\n)*.*)$/m.exec(text("Dockerfile")) ?? [];
  return Object.fromEntries([...lines.matchAll(/(\w+)=(\S+)/g)].map(([, name = "", value]) => [name, value ?? ""]));
}

/** Runs a checker on a text from its standard input. */
async function check(command: readonly string[], input: string, env: Readonly<Record<string, string>> = {}) {
  const { PATH = "" } = process.env;
  const child = Bun.spawn([...command], {
    ...{ cwd: folder, env: { PATH, ...env }, stdin: new Blob([input]) },
    ...({ stdout: "pipe", stderr: "pipe" } as const),
  });
  const [out, said] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, out, said };
}

test("the image runs the Bun that everything is tested with", () => {
  const { scripts } = JSON.parse(readFileSync(join(folder, "..", "package.json"), "utf8"));
  const [, version] = /bun@(\S+)/.exec(scripts.bun) ?? [];
  const bases = [...text("Dockerfile").matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  expect(new Set(bases)).toEqual(new Set([`oven/bun:${version}-slim`]));
});

await withCheckers(({ hadolint, compose }) => {
  const load = (file: string, env?: Readonly<Record<string, string>>) => check([compose, "-"], file, env);
  const project = async (env?: Readonly<Record<string, string>>): Promise<Project> => {
    const { code, out, said } = await load(text("compose.yaml"), env);
    expect({ code, said }).toEqual({ code: 0, said: "" });
    return JSON.parse(out);
  };

  test("hadolint has nothing to say of the Dockerfile, and is awake", async () => {
    const lint = (file: string) => check([hadolint, "--no-color", "-"], file);
    expect(await lint(text("Dockerfile"))).toEqual({ code: 0, out: "", said: "" });
    const faulty = await lint(text("Dockerfile").replaceAll(/:[\d.]+-slim/g, ""));
    expect(faulty).toMatchObject({ code: 1, out: expect.stringContaining("DL3006") });
  });

  test.each([
    ["an option that there is not", "read_only: true", "readonly: true"],
    ["a volume that is not declared", "  chain:\n\nconfigs", "\nconfigs"],
    ["a dependency that is not there", "    nats: { condition", "    none: { condition"],
    ["a configuration that is not declared", "  networks: { file", "  others: { file"],
    ["a limit that is no number", "mem_limit: 512m", "mem_limit: much"],
  ])("the compose file with %s is refused", async (_name, before, after) => {
    const planted = text("compose.yaml").replace(before, after);
    expect(planted).not.toBe(text("compose.yaml"));
    expect((await load(planted)).code).toBe(1);
  });

  test("each process is a container whose environment its config accepts, in production", async () => {
    const { services } = await project();
    const processes = Object.entries(services).filter(([, { environment }]) => environment?.LUCENT_SERVICE);
    expect(processes.map(([name]) => name).toSorted()).toEqual(processNames.toSorted());
    for (const [name, { environment = {} }] of processes) {
      const own = Object.entries({ ...imageEnvironment(), ...environment }).filter(([key]) =>
        key.startsWith("LUCENT_"),
      );
      const outcome = readConfig({
        ...Object.fromEntries(own),
        // Paths in the container.
        LUCENT_CA_FILE: undefined,
        ...(environment.LUCENT_NETWORKS && { LUCENT_NETWORKS: text("networks.json") }),
      });
      if ("faults" in outcome) throw new Error(`${name}: ${outcome.faults.join("; ")}`);
      expect(outcome.config).toMatchObject({ environment: "production", distribution: { service: name } });
    }
  });

  test("every container is pinned, limited and unprivileged; only the gateway can be reached, on loopback", async () => {
    const { services, networks } = await project();
    expect(networks.inside?.internal).toBe(true);
    for (const [name, container] of Object.entries(services)) {
      expect({ name, ...container }).toMatchObject({
        ...{ name, read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"], user: "1000:1000" },
        ...{ pids_limit: expect.any(Number), mem_limit: expect.any(String), cpus: expect.any(Number) },
        ...{ image: expect.stringMatching(/:v?\d+\.\d+\.\d+/), restart: expect.any(String) },
      });
      // The image's own, else one that is named.
      expect(container.build ?? container.healthcheck).toEqual(expect.any(Object));
      const open = name === "gateway";
      expect(Object.keys(container.networks).toSorted()).toEqual(open ? ["inside", "outside"] : ["inside"]);
      const reached = container.ports?.map(({ host_ip, published }) => `${host_ip}:${published}`) ?? [];
      expect(reached).toEqual(open ? ["127.0.0.1:3000"] : []);
    }
  });

  test("services believe who the gateway says asks, and it believes nobody: an address's limit is not everybody's", async () => {
    const { services } = await project();
    const gateway = services.gateway?.networks.inside as { readonly ipv4_address: string };
    for (const name of serviceNames)
      expect(services[name]?.environment?.LUCENT_TRUSTED_PROXIES).toBe(gateway.ipv4_address);
    expect(services.gateway?.environment?.LUCENT_TRUSTED_PROXIES).toBe("");
  });

  test("the example's variables are those that the compose file reads, with its defaults", async () => {
    const example = Object.fromEntries(
      [...text(".env.example").matchAll(/^(\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]),
    );
    expect(await project(example)).toEqual(await project());
    const known = new Set([...text("compose.yaml").matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? ""));
    expect(Object.keys(example).filter((name) => !known.has(name))).toEqual([]);
    expect(example.LUCENT_SUPER_ADMINS).toBe(developmentSigner("admin").account);
    const { services } = await project({ LUCENT_PUBLISHED_PORT: "8080" });
    expect(services.gateway?.ports?.[0]?.published).toBe("8080");
  });
});
