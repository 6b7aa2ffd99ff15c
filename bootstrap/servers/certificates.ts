import "reflect-metadata";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { madeOnce } from "./_install.ts";

/** PEM. Nobody has the authority's own key any more: it vouches for this one certificate and never for another. */
export type Certificates = { readonly ca: string; readonly key: string; readonly cert: string };

/** Paths of PEM files. */
export type CertificateFiles = { readonly caFile: string; readonly keyFile: string; readonly certFile: string };

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const year = 365 * 24 * 60 * 60 * 1_000;

/** A server certificate for 127.0.0.1, localhost and other hosts, signed by an authority that is made for it alone. */
export async function makeCertificates(hosts: readonly string[] = []): Promise<Certificates> {
  const [authority, server] = await Promise.all([newKeys(), newKeys()]);
  const name = `CN=Lucent ${crypto.randomUUID()}`;
  const common = {
    // The clocks of other machines may be behind.
    ...{ notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 10 * year) },
    ...{ issuer: name, signingKey: authority.privateKey, signingAlgorithm: algorithm },
  };
  const ca = await X509CertificateGenerator.create({
    ...common,
    subject: name,
    publicKey: authority.publicKey,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const cert = await X509CertificateGenerator.create({
    ...common,
    subject: "CN=127.0.0.1",
    publicKey: server.publicKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        { type: "ip", value: "127.0.0.1" },
        ...["localhost", ...hosts].map((value) => ({ type: "dns" as const, value })),
      ]),
      await AuthorityKeyIdentifierExtension.create(authority.publicKey),
      await SubjectKeyIdentifierExtension.create(server.publicKey),
    ],
  });
  const key = PemConverter.encode(await crypto.subtle.exportKey("pkcs8", server.privateKey), "PRIVATE KEY");
  return { ca: ca.toString("pem"), key, cert: cert.toString("pem") };
}

/** The certificates that a folder has; it is made with new ones where it is not there. */
export async function keepCertificates(folder: string): Promise<CertificateFiles> {
  await madeOnce(folder, async (attempt) => {
    for (const [name, pem] of Object.entries(await makeCertificates())) {
      writeFileSync(join(attempt, `${name}.pem`), `${pem}\n`, { mode: 0o600 });
    }
  });
  return { caFile: join(folder, "ca.pem"), keyFile: join(folder, "key.pem"), certFile: join(folder, "cert.pem") };
}

const newKeys = () => crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
