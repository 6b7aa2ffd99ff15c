/** Whether the Host header is good for a URL. Else the URL is nothing but path and query, and routes are found by a part of it only. */
export function hasHost({ url }: Request): boolean {
  return !url.startsWith("/");
}

export function pathOf(request: Request): string {
  const { url } = request;
  const start = hasHost(request) ? url.indexOf("/", url.indexOf("//") + 2) : 0;
  const end = url.indexOf("?", start);
  return url.slice(start, end < 0 ? undefined : end);
}
