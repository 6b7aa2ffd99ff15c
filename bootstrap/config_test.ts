import { expect, test } from "bun:test";
import { readConfig } from "./config.ts";

const config = (environment: Record<string, string>) => {
  const outcome = readConfig(environment);
  if ("faults" in outcome) throw new Error(outcome.faults.join("; "));
  return outcome.config;
};
const faults = (environment: Record<string, string>) => {
  const outcome = readConfig(environment);
  return "faults" in outcome ? outcome.faults : [];
};

test("without any variable the platform is embedded, on loopback, with a local chain", () => {
  expect(config({})).toMatchObject({
    ...{ environment: "development", host: "127.0.0.1", port: 3000, publicUrl: "http://127.0.0.1:3000" },
    ...{ networks: "local", superAdmins: "development", demoData: true, logLevel: "warn" },
  });
});

test("the public URL follows the port unless it is named", () => {
  expect(config({ LUCENT_PORT: "8080" }).publicUrl).toBe("http://127.0.0.1:8080");
  expect(config({ LUCENT_PUBLIC_URL: "https://api.example.org/" }).publicUrl).toBe("https://api.example.org");
});

test("an IPv6 address stands in brackets where a URL is made of it", () => {
  expect(config({ LUCENT_HOST: "::1", LUCENT_PORT: "4000" }).publicUrl).toBe("http://[::1]:4000");
});

test("origins are read as browsers send them", () => {
  const origins = ["https://app.example.org", "http://127.0.0.1:5173"];
  expect(config({ LUCENT_ORIGINS: origins.join(", ") }).origins).toEqual(origins);
  for (const wrong of ["https://app.example.org/", "app.example.org", "https://a b", ","])
    expect(faults({ LUCENT_ORIGINS: wrong })).toHaveLength(1);
});

test("rates are limited unless they are switched off", () => {
  expect(config({}).rateLimits).toEqual({ user: 1200, address: 3000 });
  expect(config({ LUCENT_RATE_LIMITS: "address=20, user=10" }).rateLimits).toEqual({ user: 10, address: 20 });
  expect(config({ LUCENT_RATE_LIMITS: "off" }).rateLimits).toBe("off");
  expect(config({}).destinationDelay).toBe(86_400);
  expect(config({ LUCENT_DESTINATION_DELAY: "PT36H" }).destinationDelay).toBe(129_600);
  expect(faults({ LUCENT_DESTINATION_DELAY: "a day" })).toHaveLength(1);
  for (const wrong of [
    "on",
    "user=10",
    "user=10,address=",
    "user=0,address=1",
    "user=1,address=1,host=1",
    "user=-1,address=1",
  ])
    expect(faults({ LUCENT_RATE_LIMITS: wrong })).toHaveLength(1);
});

test("proxies are believed that are named by address or block", () => {
  expect(config({}).trustedProxies).toEqual([]);
  const proxies = ["127.0.0.1", "10.0.0.0/8", "fd00::/8", "::1"];
  expect(config({ LUCENT_TRUSTED_PROXIES: proxies.join(", ") }).trustedProxies).toEqual(proxies);
  for (const wrong of ["proxy.example.org", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "::1/129", "*", "1.2.3.4,"])
    expect(faults({ LUCENT_TRUSTED_PROXIES: wrong })).toHaveLength(1);
});

test("every fault is listed at once, by the variable's name", () => {
  const told = faults({
    ...{ LUCENT_PORT: "99999", LUCENT_ENVIRONMENT: "staging", LUCENT_NETWORKS: "[{]", LUCENT_SUPER_ADMINS: "me" },
    ...{ LUCENT_PUBLIC_URL: "https://user:secret@example.org", LUCENT_DEMO_DATA: "yes", LUCENT_COLOUR: "red" },
  });
  expect(told.map((fault) => fault.split(":")[0]).toSorted()).toEqual([
    ...["LUCENT_COLOUR", "LUCENT_DEMO_DATA", "LUCENT_ENVIRONMENT", "LUCENT_NETWORKS", "LUCENT_PORT"],
    ...["LUCENT_PUBLIC_URL", "LUCENT_SUPER_ADMINS"],
  ]);
  expect(told.join()).not.toContain("secret");
});

test("production refuses every development default by name", () => {
  const told = faults({ LUCENT_ENVIRONMENT: "production" }).join("\n");
  for (const name of ["NETWORKS", "SUPER_ADMINS", "PUBLIC_URL", "MODE"]) expect(told).toContain(`LUCENT_${name}`);
  const explicit = faults({ LUCENT_ENVIRONMENT: "production", LUCENT_ORIGINS: "*", LUCENT_DEMO_DATA: "on" }).join("\n");
  for (const name of ["ORIGINS", "DEMO_DATA"]) expect(explicit).toContain(`LUCENT_${name}`);
});

test("development listens on loopback only", () => {
  expect(faults({ LUCENT_HOST: "0.0.0.0" })).toHaveLength(1);
});

const network = {
  id: "eip155:1",
  name: "Ethereum",
  symbol: "ETH",
  decimals: 18,
  final: "finalized",
  rpc: ["https://rpc.example.org"],
};

test("networks are read from JSON, with their family and native asset by CAIP", () => {
  const [ethereum, bitcoin] = config({
    LUCENT_NETWORKS: JSON.stringify([
      network,
      { id: "bip122:000000000019d6689c085ae165831e93", name: "Bitcoin", symbol: "BTC", decimals: 8, final: 6 },
    ]),
  }).networks as object[];
  expect(ethereum).toMatchObject({
    family: "evm",
    nativeAsset: "eip155:1/slip44:60",
    rpc: ["https://rpc.example.org"],
  });
  expect(bitcoin).toMatchObject({ family: "bitcoin", final: 6, rpc: [] });
});

test.each([
  ["an unknown namespace", { ...network, id: "cosmos:hub" }],
  ["an unknown field", { ...network, colour: "red" }],
  ["a negative depth", { ...network, final: -1 }],
  ["a node that is no URL", { ...network, rpc: ["localhost"] }],
  ["the same network twice", network],
])("networks refuse %s", (_name, second) => {
  expect(faults({ LUCENT_NETWORKS: JSON.stringify([network, second]) })).toEqual([
    expect.stringContaining("network 2"),
  ]);
});

const networks = JSON.stringify([network]);
const distributed = {
  ...{ LUCENT_MODE: "distributed", LUCENT_SERVICE: "wallet", LUCENT_NETWORKS: networks },
  ...{
    LUCENT_MONGODB_URL: "mongodb://db1:27017,db2:27017/?replicaSet=rs0",
    LUCENT_NATS_URL: "tls://n1:4222, tls://n2",
  },
  LUCENT_KEY_VAULT_URL: "https://lucent.vault.azure.net",
};

test("a process of a distributed platform says which service it is, and where the others' servers are", () => {
  expect(config(distributed)).toMatchObject({
    demoData: false,
    distribution: {
      ...{ service: "wallet", mongodb: distributed.LUCENT_MONGODB_URL, nats: ["tls://n1:4222", "tls://n2"] },
      ...{
        keyVault: "https://lucent.vault.azure.net",
        keyVaultKey: "lucent-wallets",
        address: "http://127.0.0.1:3000",
      },
    },
  });
  expect(config({}).distribution).toBeUndefined();
});

test("all that a distributed process lacks is listed at once; gateway and keeper need no database", () => {
  const names = (environment: Record<string, string>) =>
    faults({ LUCENT_MODE: "distributed", ...environment }).map((fault) => fault.split(":")[0]);
  const common = ["LUCENT_NATS_URL", "LUCENT_KEY_VAULT_URL"];
  expect(names({})).toEqual(["LUCENT_SERVICE", ...common]);
  for (const service of ["gateway", "keeper"]) expect(names({ LUCENT_SERVICE: service })).toEqual(common);
  expect(names({ LUCENT_SERVICE: "task" })).toEqual(["LUCENT_NETWORKS", "LUCENT_MONGODB_URL", ...common]);
  expect(names({ LUCENT_SERVICE: "user" })).toContain("LUCENT_SUPER_ADMINS");
  expect(names({ LUCENT_SERVICE: "billing" })).toContain("LUCENT_SERVICE");
  expect(faults({ LUCENT_SERVICE: "wallet" })).toHaveLength(1);
});

test.each([
  ["LUCENT_MONGODB_URL", "mongodb://root:secret@db1/"],
  ["LUCENT_MONGODB_URL", "postgres://db1/"],
  ["LUCENT_NATS_URL", "nats://me:secret@n1:4222"],
  ["LUCENT_KEY_VAULT_URL", "http://lucent.vault.azure.net"],
  ["LUCENT_KEY_VAULT_KEY", "a/b"],
  ["LUCENT_CA_FILE", "/nowhere/ca.pem"],
  ["LUCENT_ADDRESS", "wallet:3000"],
])("%s is not %s", (name, value) => {
  const told = faults({ ...distributed, [name]: value });
  expect(told.map((fault) => fault.split(":")[0])).toEqual([name]);
  expect(told.join()).not.toContain("secret");
});

test("a distributed platform may be one for production", () => {
  const production = { LUCENT_ENVIRONMENT: "production", LUCENT_PUBLIC_URL: "https://api.example.org" };
  const reached = { LUCENT_HOST: "0.0.0.0", LUCENT_ADDRESS: "http://wallet:3000" };
  expect(faults({ ...distributed, ...production, ...reached })).toEqual([]);
});

test("a service that listens on every address says where it is reached", () => {
  const service = {
    ...{ LUCENT_ENVIRONMENT: "production", LUCENT_MODE: "distributed", LUCENT_SERVICE: "play", LUCENT_HOST: "0.0.0.0" },
    ...{
      LUCENT_MONGODB_URL: "mongodb://db/",
      LUCENT_NATS_URL: "tls://nats:4222",
      LUCENT_KEY_VAULT_URL: "https://vault",
    },
    ...{ LUCENT_NETWORKS: JSON.stringify([network]), LUCENT_PUBLIC_URL: "https://api.example.org" },
  };
  expect(faults(service)).toEqual([expect.stringContaining("LUCENT_ADDRESS")]);
  expect(config({ ...service, LUCENT_ADDRESS: "http://play:3000" }).distribution?.address).toBe("http://play:3000");
  expect(faults({ ...service, LUCENT_SERVICE: "keeper" })).toEqual([]);
});
