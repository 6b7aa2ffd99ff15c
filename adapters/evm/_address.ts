/** What may be told of a node is its host: keys hide in the user, the path and the query of a URL. */
export type Address = {
  readonly href: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Host and port. */
  readonly name: string;
  readonly isSocket: boolean;
  /** A text from outside, cut short, without the URL's secrets: some nodes and proxies repeat them. */
  quote(text: unknown): string;
};

const longest = 300;
/** What is shorter is a word that texts may hold, like `rpc` or `v2`. */
const shortestSecret = 6;

/** A node's URL, with its credentials in a header: fetch refuses them in the address. */
export function addressOf(url: string): Address {
  const parsed = URL.parse(url);
  if (!parsed || !/^(http|ws)s?:$/.test(parsed.protocol)) {
    throw new Error("Cannot use the URL of a node: it is not one of http, https, ws or wss");
  }
  const { username, password, host, protocol, pathname, searchParams } = parsed;
  const user = [username, password].map(decoded);
  parsed.username = parsed.password = "";
  const headers: Record<string, string> = {
    "content-type": "application/json",
    ...(username && { authorization: `Basic ${Buffer.from(user.join(":")).toString("base64")}` }),
  };
  const parts = [username, password, ...pathname.split("/"), ...searchParams.values()];
  const secrets = [...parts, ...parts.map(decoded)].filter(({ length }) => length >= shortestSecret);
  // Longest first: one may be part of another.
  secrets.sort((a, b) => b.length - a.length);
  return {
    ...{ href: parsed.href, headers, name: host, isSocket: protocol.startsWith("ws") },
    quote: (text) => secrets.reduce((kept, secret) => kept.replaceAll(secret, "…"), String(text)).slice(0, longest),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
