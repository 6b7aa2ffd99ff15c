import { expect, test } from "bun:test";
import { broken, startFakeKeyVault } from "../../bootstrap/servers/mod.ts";
import { VaultEntryAbsent, VaultEntryDisabled, VaultUnreachable } from "../../ports/mod.ts";
import { faultOf, hasty } from "./_stage_test.ts";
import { createReadSecrets } from "./mod.ts";

async function openSecrets() {
  const fake = await startFakeKeyVault();
  fake.addSecret("mongodb-url", "mongodb://wallet:old@host");
  fake.addSecret("mongodb-url", "mongodb://wallet:pass@host");
  fake.addSecret("nats-password", "pässword");
  const readSecrets = createReadSecrets({ connection: fake.connection(), patience: hasty });
  return { fake, readSecrets, [Symbol.asyncDispose]: () => fake.stop() };
}

test("secrets are read by name, each as its current version", async () => {
  await using stage = await openSecrets();
  expect(await stage.readSecrets(["mongodb-url", "nats-password"])).toEqual({
    "mongodb-url": "mongodb://wallet:pass@host",
    "nats-password": "pässword",
  });
  expect(await stage.readSecrets([])).toEqual({});
});

test("a secret that is not there, disabled, or empty is told by name, also while another can't be reached", async () => {
  await using stage = await openSecrets();
  const { fake, readSecrets } = stage;
  fake.addSecret("off", "s3cret", { enabled: false });
  fake.addSecret("empty", "");
  fake.behaviour = (path) => (path.includes("nats-password") ? broken : "well");
  const cases = [
    ["missing", VaultEntryAbsent],
    ["off", VaultEntryDisabled],
    ["empty", VaultEntryAbsent],
  ] as const;
  for (const [name, kind] of cases) {
    const fault = await faultOf(readSecrets(["nats-password", name, "mongodb-url"]));
    expect(fault).toBeInstanceOf(kind);
    expect(fault.message).toContain(name);
    expect(Bun.inspect(fault)).not.toContain("s3cret");
  }
  expect(await faultOf(readSecrets(["nats-password", "mongodb-url"]))).toBeInstanceOf(VaultUnreachable);
});

test("what can't be a secret's name is asked of nobody", async () => {
  await using stage = await openSecrets();
  for (const name of ["", "a/b", "../keys/kek", "a?b", "a".repeat(128)]) {
    expect((await faultOf(stage.readSecrets([name]))).message).toContain("no name of one");
  }
  expect(stage.fake.requests).toEqual([]);
});
