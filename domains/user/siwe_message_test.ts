import { expect, test } from "bun:test";
import fc from "fast-check";
import type { AccountId, Instant } from "../shared/mod.ts";
import { domainOf, isStepUpRequest, readMessage, type SiweMessage, writeMessage } from "./siwe_message.ts";

const message: SiweMessage = {
  domain: "app.example.org:8443",
  uri: "https://app.example.org:8443",
  account: "eip155:1:0x70997970C51812dc3A010C7d01b50e0d17dc79C8" as AccountId,
  nonce: "5c".repeat(32),
  issuedAt: "2026-11-23T00:00:00.000Z" as Instant,
  expiresAt: "2026-11-23T00:05:00.000Z" as Instant,
};
const request = { action: "play.approve", digest: "ab".repeat(32) };

test("writeMessage() writes EIP-4361", () => {
  expect(writeMessage(message)).toBe(`app.example.org:8443 wants you to sign in with your Ethereum account:
0x70997970C51812dc3A010C7d01b50e0d17dc79C8

Sign in to Lucent.

URI: https://app.example.org:8443
Version: 1
Chain ID: 1
Nonce: ${"5c".repeat(32)}
Issued At: 2026-11-23T00:00:00.000Z
Expiration Time: 2026-11-23T00:05:00.000Z`);
});

test("a step-up's message names the action and the digest as resources", () => {
  expect(writeMessage({ ...message, request })).toEndWith(`
Resources:
- urn:lucent:action:play.approve
- urn:lucent:sha256:${"ab".repeat(32)}`);
});

test("readMessage() reads what writeMessage() wrote", () => {
  expect(readMessage(writeMessage(message))).toEqual(message);
  expect(readMessage(writeMessage({ ...message, request }))).toEqual({ ...message, request });
});

test("readMessage() reads no text that differs in a character, but for those in its values", () => {
  const text = writeMessage({ ...message, request });
  const law = fc.property(fc.nat(text.length - 1), fc.constantFrom("", "x", "\n", "0"), (place, other) => {
    const changed = text.slice(0, place) + other + text.slice(place + 1);
    const read = readMessage(changed);
    if (read) expect(writeMessage(read)).toBe(changed);
    if (read && changed !== text) expect(read).not.toEqual({ ...message, request });
  });
  fc.assert(law, { seed: 4361, numRuns: 2000 });
});

test("isStepUpRequest() takes nothing that could forge a line", () => {
  expect(isStepUpRequest(request)).toBe(true);
  for (const action of [
    "",
    "play approve",
    "play.approve\nNonce: 1",
    "Play",
    "a".repeat(65),
    "play..approve",
    "play.",
  ]) {
    expect(isStepUpRequest({ ...request, action })).toBe(false);
  }
  for (const digest of ["", "AB".repeat(32), "ab".repeat(31), `${"ab".repeat(32)}\n`]) {
    expect(isStepUpRequest({ ...request, digest })).toBe(false);
  }
});

test("domainOf() is the host with its port", () => {
  expect(domainOf("https://app.example.org/login")).toBe("app.example.org");
  expect(domainOf("http://127.0.0.1:3000")).toBe("127.0.0.1:3000");
  expect(() => domainOf("ftp://app.example.org")).toThrow(RangeError);
  expect(() => domainOf("https://user@app.example.org")).toThrow(RangeError);
});
