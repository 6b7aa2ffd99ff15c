import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dir, "..");
const folder = mkdtempSync(join(tmpdir(), "lucent-walls-"));
afterAll(() => rmSync(folder, { recursive: true }));
for (const file of ["biome.json", "tsconfig.json", "domains/tsconfig.json"]) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  cpSync(join(root, file), join(folder, file));
}
symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));

const uses = (specifier: string) => `import { it } from "${specifier}";\n\nexport const used = it;\n`;

/** Plants a fault; answers what the tools say about it. */
async function planted(file: string, code: string): Promise<string> {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
  const lint = await told("biome", "lint", "--colors=off", file);
  const types = file.startsWith("domains/") ? await told("tsc", "-p", "domains") : "";
  rmSync(path);
  return lint + types;
}

async function told(...command: string[]): Promise<string> {
  const run = Bun.spawn(["bun", "x", "--no-install", ...command], { cwd: folder, stdout: "pipe", stderr: "pipe" });
  return (await new Response(run.stdout).text()) + (await new Response(run.stderr).text());
}

const restricted = "noRestrictedImports";

test.each([
  ["a domain that imports an adapter", "domains/play/planted.ts", uses("../../adapters/sqlite/mod.ts"), restricted],
  ["a domain that imports a package", "domains/play/planted.ts", uses("ethers"), restricted],
  ["a domain that imports node", "domains/play/planted.ts", uses("node:fs"), restricted],
  ["a domain that imports a sibling", "domains/play/planted.ts", uses("../task/mod.ts"), restricted],
  ["a domain that reaches behind a face", "domains/play/planted.ts", uses("../shared/amount.ts"), restricted],
  ["a clock in a core", "domains/play/planted.ts", "export const now = Date.now();\n", "noRestrictedGlobals"],
  ["the network in a core", "domains/play/planted.ts", 'export const answer = fetch("x");\n', "noRestrictedGlobals"],
  ["the runtime in a core", "domains/play/planted.ts", "export const id = Bun.randomUUIDv7();\n", "error TS"],
  ["a port that imports an adapter", "ports/planted.ts", uses("../adapters/sqlite/mod.ts"), restricted],
  ["an adapter that imports an adapter", "adapters/http/planted.ts", uses("../sqlite/mod.ts"), restricted],
  ["an adapter that reaches behind a face", "adapters/http/planted.ts", uses("../../domains/play/play.ts"), restricted],
  ["a default export", "adapters/http/planted.ts", "export default 1;\n", "noDefaultExport"],
])("lint refuses %s", async (_name, file, code, told) => {
  expect(await planted(file, code)).toContain(told);
});

test("lint lets good code pass", async () => {
  const told = await planted("domains/play/planted.ts", uses("../shared/mod.ts"));
  expect(told).not.toMatch(/noRestricted|noDefault/);
});
