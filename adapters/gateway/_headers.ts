/** What concerns one connection only, and is not passed on (RFC 9110 §7.6.1). */
const hopByHop = ["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];

/** What a client could say about proxies that there were none of before us; and what our own server has answered already. */
const untrusted = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "expect"];

/** The headers that pass on, without those of this connection and those that `Connection` names. */
export function passedOn(given: Headers): Headers {
  const headers = new Headers(given);
  for (const named of (given.get("connection") ?? "").split(",")) {
    const name = named.trim();
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) headers.delete(name);
  }
  for (const name of hopByHop) headers.delete(name);
  return headers;
}

/** A request's headers as a replica gets them: who asked, and for which host, is said by us. */
export function forwarded(request: Request, client: string | undefined): Headers {
  const headers = passedOn(request.headers);
  for (const name of untrusted) headers.delete(name);
  if (client !== undefined) headers.set("x-forwarded-for", client);
  headers.set("x-forwarded-proto", "http");
  const host = request.headers.get("host");
  if (host !== null) headers.set("x-forwarded-host", host);
  return headers;
}
