import { expect, test } from "bun:test";
import fc from "fast-check";
import { countedAs, createClientAddress } from "./client_address.ts";

const asked = (forwarded?: string) =>
  new Request("http://localhost/", { headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded } });
const behind = createClientAddress(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]);

test.each([
  ["no header", undefined, "10.0.0.1"],
  ["a client", "192.0.2.1", "192.0.2.1"],
  ["a client behind two of our proxies", "192.0.2.1, 10.0.0.2", "192.0.2.1"],
  ["a client that says it is another one", "198.51.100.1, 192.0.2.1", "192.0.2.1"],
  ["a client that says it is a proxy of ours", "10.9.9.9, 192.0.2.1, 10.0.0.2", "192.0.2.1"],
  ["nothing but proxies of ours", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
  ["a port", "192.0.2.1:4711", "192.0.2.1"],
  ["an IPv6 address with a port", "[2001:db8::1]:4711", "2001:db8::1"],
  ["a proxy of IPv6", "192.0.2.1, fd12::1", "192.0.2.1"],
  ["IPv4 written as IPv6", "::ffff:192.0.2.1", "192.0.2.1"],
  ["what is no address", "192.0.2.1, unknown", "10.0.0.1"],
  ["what is no address before one", "<script>, 192.0.2.1", "192.0.2.1"],
  ["nothing", "", "10.0.0.1"],
])("behind a proxy, with %s", (_what, forwarded, client) => {
  expect(behind(asked(forwarded), "10.0.0.1")).toBe(client);
});

test("a header that comes from who is no proxy is not looked at", () => {
  expect(behind(asked("192.0.2.1"), "198.51.100.1")).toBe("198.51.100.1");
  expect(createClientAddress([])(asked("192.0.2.1"), "127.0.0.1")).toBe("127.0.0.1");
});

test("all addresses of a /64 are one client, however they are written", () => {
  const asked = createClientAddress([]);
  const client = (address: string | undefined) => countedAs(asked(new Request("http://localhost/"), address));
  for (const address of [
    "2001:db8:0:1::1",
    "2001:0DB8::1:ffff:0:0:1",
    "2001:db8:0:1:1:2:3.4.5.6",
    "2001:db8:0:1::%eth0",
  ])
    expect(client(address)).toBe("2001:db8:0:1::/64");
  expect(client("2001:db8:0:2::1")).toBe("2001:db8:0:2::/64");
  expect(client("::1")).toBe("0:0:0:0::/64");
  expect(client(undefined)).toBe("unknown");
});

test("whatever a client writes, what our proxy appends decides", () => {
  fc.assert(
    fc.property(fc.string().map(encodeURI), fc.ipV4(), (written, address) => {
      fc.pre(!address.startsWith("10.") && address !== "127.0.0.1");
      expect(behind(asked(`${written}, ${address}`), "10.0.0.1")).toBe(address);
    }),
  );
});
