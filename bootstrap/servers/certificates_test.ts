import { afterAll, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, get } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepCertificates, makeCertificates } from "./certificates.ts";

const home = mkdtempSync(join(tmpdir(), "lucent-certificates-"));
afterAll(() => rmSync(home, { recursive: true }));

/** What a client of `node:https` and one of `fetch` say to a server with that certificate. */
async function ask(host: string, certificates: { readonly key: string; readonly cert: string }, ca: string) {
  const server = createServer(certificates, (_, response) => response.end("hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://${host}:${(server.address() as AddressInfo).port}`;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get(url, { ca, agent: false }, (response) => response.on("data", (data) => resolve(`${data}`))).on("error", reject);
  const fetched = fetch(url, { tls: { ca }, keepalive: false }).then((response) => response.text());
  try {
    return (await Promise.allSettled([promise, fetched])).map((each) =>
      each.status === "fulfilled" ? each.value : "-",
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a server with a certificate is believed at 127.0.0.1 and localhost by who trusts its authority, and by nobody else", async () => {
  const [own, other] = await Promise.all([makeCertificates(), makeCertificates()]);
  expect(await ask("127.0.0.1", own, own.ca)).toEqual(["hello", "hello"]);
  expect(await ask("localhost", own, own.ca)).toEqual(["hello", "hello"]);
  expect(await ask("127.0.0.1", own, other.ca)).toEqual(["-", "-"]);
  const { subjectAltName } = new X509Certificate(own.cert);
  expect(subjectAltName).toBe("IP Address:127.0.0.1, DNS:localhost");
});

test("a folder keeps its certificates, for its owner only, though several ask for them at once", async () => {
  const folder = join(home, "deep", "certificates");
  const [files] = await Promise.all([keepCertificates(folder), keepCertificates(folder)]);
  const read = () => Object.values(files).map((file) => readFileSync(file, "utf8"));
  const before = read();
  expect(await keepCertificates(folder)).toEqual(files);
  expect(read()).toEqual(before);
  expect(Object.values(files).map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  expect(readdirSync(join(home, "deep"))).toEqual(["certificates"]);
});
