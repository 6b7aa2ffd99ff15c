import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Certificates = { readonly ca: string; readonly key: string; readonly cert: string };

/** A certificate for 127.0.0.1, signed by an authority that was made for it alone. PEM. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "lucent-ca-"));
  const file = (name: string) => join(folder, name);
  const openssl = (...words: readonly string[]) => {
    const { exitCode, stderr } = Bun.spawnSync(["openssl", ...words], { stdout: "ignore", stderr: "pipe" });
    if (exitCode !== 0) throw new Error(`Cannot make certificates: ${stderr}`);
  };
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  try {
    writeFileSync(file("extensions"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
    const authority = ["-keyout", file("ca.key"), "-out", file("ca.pem"), "-days", "2", "-subj", "/CN=Test CA"];
    openssl("req", "-x509", ...newKey, ...authority);
    openssl("req", ...newKey, "-keyout", file("key"), "-out", file("request"), "-subj", "/CN=127.0.0.1");
    const signing = ["-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial", "-days", "2"];
    openssl("x509", "-req", "-in", file("request"), ...signing, "-extfile", file("extensions"), "-out", file("pem"));
    const [ca, key, cert] = ["ca.pem", "key", "pem"].map((name) => readFileSync(file(name), "utf8"));
    return { ca, key, cert } as Record<"ca" | "key" | "cert", string>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
