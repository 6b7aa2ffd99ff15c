import type { DeriveId, NewId } from "../../ports/mod.ts";

export const newId: NewId = () => Bun.randomUUIDv7();

export const deriveId: DeriveId = (...parts) => {
  const hash = new Bun.CryptoHasher("sha256");
  // The length before each part: ("ab", "c") and ("a", "bc") lead to different ids.
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  const bytes = hash.digest();
  // RFC 9562: version 8, variant 10.
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};
