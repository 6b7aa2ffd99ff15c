import { BlockList, isIP, isIPv6 } from "node:net";

const asFamily = (address: string) => (isIPv6(address) ? "ipv6" : "ipv4");

/**
 * Tells who asks: the address that connected, or where that is a proxy of ours, the last one in `X-Forwarded-For` that is none.
 * What stands before it in the header is the client's own word.
 */
export function createClientAddress(trustedProxies: readonly string[]) {
  const proxies = new BlockList();
  for (const each of trustedProxies) {
    const [address = "", prefix] = each.split("/");
    if (prefix === undefined) proxies.addAddress(address, asFamily(address));
    else proxies.addSubnet(address, Number(prefix), asFamily(address));
  }
  const isTrusted = (address: string) => trustedProxies.length > 0 && proxies.check(address, asFamily(address));

  function firstUntrusted(peer: string, forwarded: string): string {
    let client = peer;
    for (const each of forwarded.split(",").reverse()) {
      if (!isTrusted(client)) break;
      const address = plain(each);
      if (address === undefined) break;
      client = address;
    }
    return client;
  }

  return (request: Request, connected: string | undefined): string | undefined => {
    const peer = plain(connected ?? "");
    return peer && firstUntrusted(peer, request.headers.get("x-forwarded-for") ?? "");
  };
}

/** Whom an address's requests are counted for: one of IPv6 by its /64, as whoever has one has all of them. */
export function countedAs(address: string | undefined): string {
  if (address === undefined) return "unknown";
  return isIPv6(address) ? networkOf(address) : address;
}

/** An address without port, brackets and zone; one of IPv4 that is written as IPv6, as IPv4. */
function plain(text: string): string | undefined {
  const address = text
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, "$1")
    .replace(/^([\d.]+):\d+$/, "$1")
    .replace(/%.*$/, "")
    .replace(/^::ffff:([\d.]+)$/i, "$1");
  return isIP(address) === 0 ? undefined : address;
}

/** The first 64 bits, however the address is written. */
function networkOf(address: string): string {
  const [before = [], after = []] = address.split("::").map((part) => part.split(":").filter((group) => group !== ""));
  // Where an address of IPv4 ends it, that stands for two groups.
  const length = before.length + after.length + (address.includes(".") ? 1 : 0);
  const groups = [...before, ...Array.from({ length: 8 - length }, () => "0"), ...after].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
