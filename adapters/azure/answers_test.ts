import { expect, spyOn, test } from "bun:test";
import { inspect } from "node:util";
import { broken, forbidden, invalidToken, startFakeKeyVault, throttled } from "../../bootstrap/servers/mod.ts";
import {
  VaultEntryAbsent,
  VaultEntryDisabled,
  VaultForbidden,
  VaultThrottled,
  VaultUnreachable,
} from "../../ports/mod.ts";
import { faultOf, hasty, openStage } from "./_stage_test.ts";
import { createReadSecrets } from "./mod.ts";

const purpose = "wallet/w1/seed/1";
const plain = Buffer.from("a seed");

const html = (status: number) => ({ status, body: { message: "Not found" } });
const answers = [
  ["a refusal of our identity", forbidden, VaultForbidden, false],
  ["a token that is not good there", invalidToken, VaultForbidden, false],
  ["throttling", throttled("1"), VaultThrottled, true],
  ["an error of its own", broken, VaultUnreachable, true],
  ["a 503", html(503), VaultUnreachable, true],
  ["a 404 that is not Key Vault's", html(404), VaultUnreachable, true],
  ["a 403 that is not Key Vault's", html(403), VaultUnreachable, true],
  ["silence", "silent", VaultUnreachable, true],
  ["a late answer", { late: 250 }, VaultUnreachable, true],
  ["a cut connection", "cut", VaultUnreachable, true],
] as const;

for (const [what, behaviour, kind, retryable] of answers) {
  test(`${what} is ${kind.name}: to seal, to open and to read a secret`, async () => {
    await using stage = await openStage();
    const sealed = await stage.open().seal(purpose, plain);
    stage.fake.addSecret("a-secret", "s3cret");
    const ways = [
      (open: typeof stage.open) => open({ patience: hasty }).seal(purpose, plain),
      (open: typeof stage.open) => open({ patience: hasty }).open(purpose, sealed),
      () => createReadSecrets({ connection: stage.fake.connection(), patience: hasty })(["a-secret"]),
    ];
    stage.fake.behaviour = behaviour;
    const begun = performance.now();
    for (const fault of await Promise.all(ways.map((way) => faultOf(way(stage.open))))) {
      expect(fault).toBeInstanceOf(kind);
      expect(fault.retryable).toBe(retryable);
    }
    expect(performance.now() - begun).toBeLessThan(hasty.budget + 500);
    stage.fake.behaviour = "well";
    expect(Buffer.from(await stage.open().open(purpose, sealed))).toEqual(plain);
  });
}

test("a server that is gone is VaultUnreachable", async () => {
  const stage = await openStage();
  const sealed = await stage.open().seal(purpose, plain);
  await stage.fake.stop();
  expect(await faultOf(stage.open({ patience: hasty }).open(purpose, sealed))).toBeInstanceOf(VaultUnreachable);
});

test("a server whose certificate another authority signed is VaultUnreachable, and is told nothing", async () => {
  await using stage = await openStage();
  await using other = await startFakeKeyVault();
  const connection = { ...stage.fake.connection(), ca: other.connection().ca ?? "" };
  expect(await faultOf(stage.open({ connection, patience: hasty }).seal(purpose, plain))).toBeInstanceOf(
    VaultUnreachable,
  );
  expect(stage.fake.requests).toEqual([]);
});

test("a key or a version that is not there is VaultEntryAbsent", async () => {
  await using stage = await openStage();
  const sealed = await stage.open().seal(purpose, plain);
  expect(await faultOf(stage.open({ key: "another" }).seal(purpose, plain))).toBeInstanceOf(VaultEntryAbsent);
  stage.fake.removeKey("kek");
  const fault = await faultOf(stage.open().open(purpose, sealed));
  expect(fault).toBeInstanceOf(VaultEntryAbsent);
  expect(fault.retryable).toBe(false);
});

test("a disabled version is VaultEntryDisabled; it neither seals nor opens, and does both again once enabled", async () => {
  await using stage = await openStage();
  const sealed = await stage.open().seal(purpose, plain);
  stage.fake.setKey("kek", stage.version, { enabled: false });
  const works = [stage.open().open(purpose, sealed), stage.open({ shards: 9 }).seal("other", plain)];
  for (const fault of await Promise.all(works.map(faultOf))) {
    expect(fault).toBeInstanceOf(VaultEntryDisabled);
    expect(fault.retryable).toBe(false);
  }
  stage.fake.setKey("kek", stage.version, { enabled: true });
  expect(Buffer.from(await stage.open().open(purpose, sealed))).toEqual(plain);
});

test("a version that is disabled right after it was looked up makes no data key, though it would wrap one", async () => {
  await using stage = await openStage();
  stage.fake.meddle = (path, answer) => {
    if (!path.endsWith("/wrapkey") && !path.endsWith("/unwrapkey"))
      stage.fake.setKey("kek", stage.version, { enabled: false });
    return answer;
  };
  expect(await faultOf(stage.open().seal(purpose, plain))).toBeInstanceOf(VaultEntryDisabled);
  expect(stage.fake.requests.some(({ path, status }) => path.includes("/wrapkey") && status === 200)).toBe(true);
  expect((await stage.dataKeys.find({ where: {}, limit: 1 })).items).toEqual([]);
});

test("a version that has expired wraps nothing new, and still opens", async () => {
  await using stage = await openStage();
  const sealed = await stage.open().seal(purpose, plain);
  stage.fake.setKey("kek", stage.version, { exp: 1_000_000 });
  expect(Buffer.from(await stage.open().open(purpose, sealed))).toEqual(plain);
  const another = stage.open({ period: 1 }).seal(purpose, plain);
  expect(await faultOf(another)).toBeInstanceOf(VaultEntryDisabled);
});

test("an identity that is refused a token is VaultForbidden; an identity service that is away is VaultUnreachable", async () => {
  await using stage = await openStage();
  const connect = (error: object) => ({
    ...stage.fake.connection(),
    credential: { getToken: () => Promise.reject(Object.assign(new Error("s3cret"), error)) },
  });
  const refused = { name: "AuthenticationError", statusCode: 401 };
  const away = { name: "CredentialUnavailableError" };
  const cases = [
    [refused, VaultForbidden],
    [away, VaultUnreachable],
    [{ name: "AuthenticationError", statusCode: 503 }, VaultUnreachable],
    [{ name: "AggregateAuthenticationError", errors: [away, refused] }, VaultForbidden],
    [{ name: "AggregateAuthenticationError", errors: [away] }, VaultUnreachable],
  ] as const;
  for (const [error, kind] of cases) {
    const fault = await faultOf(stage.open({ connection: connect(error), patience: hasty }).seal(purpose, plain));
    expect(fault).toBeInstanceOf(kind);
    expect(Bun.inspect(fault)).not.toContain("s3cret");
  }
});

test("an identity service that never answers holds nobody beyond the budget", async () => {
  await using stage = await openStage();
  const connection = { ...stage.fake.connection(), credential: { getToken: () => new Promise<never>(() => {}) } };
  const begun = performance.now();
  expect(await faultOf(stage.open({ connection, patience: hasty }).seal(purpose, plain))).toBeInstanceOf(
    VaultUnreachable,
  );
  expect(performance.now() - begun).toBeLessThan(hasty.budget + 500);
});

test("no fault, whatever is answered, shows a data key, a seed or a token, and nothing is printed", async () => {
  await using stage = await openStage();
  const { fake } = stage;
  const outputs = [spyOn(process.stdout, "write"), spyOn(process.stderr, "write")];
  const told: string[] = [];
  for (const [, behaviour] of answers) {
    // The data key has come in the request by then.
    fake.behaviour = (path, body) => (path.includes("/wrapkey") && body ? behaviour : "well");
    const vault = stage.open({ patience: hasty });
    for (const each of [await faultOf(vault.seal(purpose, plain)), vault]) {
      told.push(Bun.inspect(each), inspect(each, { depth: 9, showHidden: true }), JSON.stringify(each));
    }
  }
  for (const output of outputs) {
    expect(output).not.toHaveBeenCalled();
    output.mockRestore();
  }
  const wraps = fake.requests.filter(({ path, body }) => path.includes("/wrapkey") && body);
  expect(wraps.length).toBeGreaterThanOrEqual(answers.length);
  for (const { body } of wraps) {
    const { value } = JSON.parse(body);
    const key = Buffer.from(value, "base64url");
    for (const text of [value, key.toString("base64"), key.toString("hex"), key.join(", "), key.join(",")]) {
      expect(told.join()).not.toContain(text);
    }
  }
  expect(told.join()).not.toContain(fake.token);
  expect(told.join()).not.toContain(plain.toString());
});
