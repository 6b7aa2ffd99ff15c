import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const names = ["Token", "Vault", "Tripwire"] as const;

/** The creation code of each contract, as hex. */
export type Compiled = Readonly<Record<(typeof names)[number], string>>;

const solc = fileURLToPath(import.meta.resolve("solc/package.json"));
const openZeppelin = fileURLToPath(import.meta.resolve("@openzeppelin/contracts/package.json"));
const compiler = fileURLToPath(import.meta.resolve("./_solc.ts"));
const beside = join(dirname(solc), "..", ".cache", "lucent");

/** Compiles the development contracts, or takes what was compiled of the same sources by the same compiler before. */
export async function compileContracts(cache: string = beside): Promise<Compiled> {
  const sources = names.map((name) => {
    const content = readFileSync(join(import.meta.dir, "contracts", `${name}.sol`), "utf8");
    return [`${name}.sol`, { content }] as const;
  });
  const input = JSON.stringify({
    language: "Solidity",
    sources: Object.fromEntries(sources),
    settings: {
      optimizer: { enabled: true, runs: 200 },
      evmVersion: "cancun",
      outputSelection: { "*": { "*": ["evm.bytecode.object"] } },
    },
  });
  const key = createHash("sha256")
    .update(`${versionOf(solc)} ${versionOf(openZeppelin)} ${input}`)
    .digest("hex");
  const kept = join(cache, `${key}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8"));
  const compiled = await compile(input);
  keep(kept, compiled);
  return compiled;
}

async function compile(input: string): Promise<Compiled> {
  const compiling = Bun.spawn([process.execPath, compiler], {
    stdin: Buffer.from(input),
    stdout: "pipe",
    stderr: "inherit",
  });
  const answer = await new Response(compiling.stdout).text();
  if ((await compiling.exited) !== 0) throw new Error("Cannot compile the development contracts: solc failed");
  const { errors = [], contracts }: Answer = JSON.parse(answer);
  const faults = errors.filter(({ severity }) => severity === "error");
  if (faults.length > 0 || !contracts)
    throw new Error(
      `Cannot compile the development contracts: ${faults.map((each) => each.formattedMessage).join("\n")}`,
    );
  const code = names.map((name) => [name, `0x${contracts[`${name}.sol`]?.[name]?.evm.bytecode.object}`]);
  return Object.fromEntries(code);
}

type Answer = {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Record<
    string,
    Record<string, { readonly evm: { readonly bytecode: { readonly object: string } } }>
  >;
};

/** Two may compile at once: each writes a file of its own and moves it in place. */
function keep(path: string, compiled: Compiled): void {
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, JSON.stringify(compiled));
    renameSync(draft, path);
  } catch (error) {
    // Packages that nobody may write to: the next start compiles again.
    if (!["EACCES", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

function versionOf(manifest: string): string {
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}
