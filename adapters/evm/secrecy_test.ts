import { afterAll, expect, test } from "bun:test";
import { addressOf } from "./_address.ts";
import { connect, freshAddress, startAnvil } from "./_chain_test.ts";
import { faultyNode } from "./_faulty_node_test.ts";

const anvil = await startAnvil();
afterAll(anvil.stop);

const [user, password, pathKey, queryKey] = ["operator", "p%40ss/word!", "0123abcd4567ef89path", "9f8e7d6c5b4aquery"];
const secrets = [user, password, decodeURIComponent(password), pathKey, queryKey];

function secretUrl(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${user}:${password.replace("/", "%2F")}@${host}/v2/${pathKey}?apikey=${queryKey}`;
}

function hasSecret(text: unknown): boolean {
  return secrets.some((secret) => String(text).includes(secret));
}

/** What went wrong, and all that was logged of it. */
async function toldOf(url: string): Promise<string> {
  await using chain = connect(url);
  const failure = await chain.minedNonce(freshAddress()).catch((error: Error) => error);
  if (!(failure instanceof Error)) throw new Error("It did not fail");
  return `${failure.message} ${Bun.inspect(failure)} ${JSON.stringify(chain.logged)}`;
}

test.each(["http", "ws"])("a URL's user, path and query are asked with, and told to nobody (%s)", async (scheme) => {
  await using node = faultyNode(anvil.url);
  const url = secretUrl(node.url.replace("http", scheme));
  await using chain = connect(url);
  expect(await chain.minedNonce(freshAddress())).toBe(0);
  if (scheme === "http") {
    const expected = `Basic ${Buffer.from(`${user}:${decodeURIComponent(password)}`).toString("base64")}`;
    expect(node.requests[0]?.headers.get("authorization")).toBe(expected);
  }
  node.meddle = () => ({ error: { code: -32005, message: "busy" } });
  const told = await toldOf(url);
  expect(told).toContain(`127.0.0.1:${node.port}`);
  expect(hasSecret(told)).toBe(false);
});

test.each(["http", "https", "ws", "wss"])(
  "nobody hears the secrets of a node that is not there (%s)",
  async (scheme) => {
    const url = secretUrl(anvil.url.replace(/^http:\/\/[^/]*/, `${scheme}://127.0.0.1:1`));
    expect(hasSecret(await toldOf(url))).toBe(false);
  },
);

test("a node that repeats its URL in what it says is not quoted with it", async () => {
  await using node = faultyNode(anvil.url);
  const url = secretUrl(node.url);
  const message = `no access for ${url}, ${user} ${decodeURIComponent(password)} ${pathKey}: ${queryKey}`;
  for (const code of [-32000, -32005]) {
    node.meddle = () => ({ error: { code, message } });
    const told = await toldOf(url);
    expect(told).toContain("no access for");
    expect(hasSecret(told)).toBe(false);
  }
  node.meddle = (method) => (method === "eth_getTransactionCount" ? { error: { code: -32000, message } } : undefined);
  const refused = await toldOf(url);
  expect(refused).toContain("the node says");
  expect(hasSecret(refused)).toBe(false);
  node.respond = () => Response.redirect(`${url}/elsewhere`, 307);
  expect(hasSecret(await toldOf(url))).toBe(false);
});

test("why a node refused a transaction is told without its URL's secrets", async () => {
  await using node = faultyNode(anvil.url);
  const url = secretUrl(node.url);
  node.meddle = (method) =>
    method === "eth_sendRawTransaction" ? { error: { code: -32000, message: url } } : undefined;
  await using chain = connect(url);
  const answer = await chain.broadcast("0x1234");
  expect(answer.sent).toBe(false);
  expect(hasSecret(JSON.stringify(answer))).toBe(false);
});

test.each(["user:secretword@host", "ftp://user:secretword@host", "http://", "http://user:secretword@"])(
  "a URL of no node is refused without being repeated: %p",
  (url) => {
    expect(() => connect(url)).toThrow("Cannot use the URL of a node: it is not one of http, https, ws or wss");
  },
);

test("a secret that begins like another one leaves none of it", async () => {
  await using node = faultyNode(anvil.url);
  const message = "keys: secret1 and secret12345";
  node.meddle = () => ({ error: { code: -32000, message } });
  const told = await toldOf(`${node.url}/secret1/secret12345`);
  expect(told).toContain("keys: … and …");
  expect(told).not.toContain("2345");
});

test("an address is asked without user and password in it, and a password of signs is sent as it is", () => {
  const { href, headers } = addressOf("https://operator:p%40ss%20w%C3%B6rd@example.org/rpc");
  expect(href).toBe("https://example.org/rpc");
  expect(headers.authorization).toBe(`Basic ${Buffer.from("operator:p@ss wörd").toString("base64")}`);
  expect(addressOf("https://example.org/rpc").headers).not.toHaveProperty("authorization");
});

test("words that a URL shares with all others stay in what is quoted", async () => {
  await using node = faultyNode(anvil.url);
  node.meddle = () => ({ error: { code: -32000, message: "the v2 rpc is closed" } });
  expect(await toldOf(`${node.url}/v2/rpc`)).toContain("the v2 rpc is closed");
});
