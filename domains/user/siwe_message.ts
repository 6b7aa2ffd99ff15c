/**
 * The text that an Ethereum account signs (EIP-4361): to sign in, or, with a request among its resources, to approve one act.
 *
 * @module
 */
import { type AccountId, accountId, type Instant, type NetworkId, parseAccount } from "../shared/mod.ts";

/** What a step-up approves: an action (`play.approve`) and the digest of its object. */
export type StepUpRequest = { readonly action: string; readonly digest: string };

export type SiweMessage = {
  /** The host, with its port, that asks for the signature. */
  readonly domain: string;
  readonly uri: string;
  readonly account: AccountId;
  readonly nonce: string;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
  readonly request?: StepUpRequest;
};

const actionPattern = /^[a-z][a-z_]*(\.[a-z][a-z_]*)*$/;
const digestPattern = /^[0-9a-f]{64}$/;

/** Whether both can stand in a message as they are: an action of words, a SHA-256 in lower-case hex. */
export function isStepUpRequest({ action, digest }: StepUpRequest): boolean {
  return action.length <= 64 && actionPattern.test(action) && digestPattern.test(digest);
}

/** The host, with its port, of a URL. Throws `RangeError` where the text is none. */
export function domainOf(url: string): string {
  const domain = /^https?:\/\/([^/?#@\s]+)(?=[/?#]|$)/.exec(url)?.[1];
  if (!domain) throw new RangeError(`Cannot sign in at "${url}": it is not an http(s) URL`);
  return domain;
}

export function writeMessage({ domain, uri, account, nonce, issuedAt, expiresAt, request }: SiweMessage): string {
  const { network, address } = parts(account);
  return [
    `${domain} wants you to sign in with your Ethereum account:`,
    address,
    "",
    request ? `Approve ${request.action} at Lucent, once, for what the digest names.` : "Sign in to Lucent.",
    "",
    `URI: ${uri}`,
    "Version: 1",
    `Chain ID: ${network.slice("eip155:".length)}`,
    `Nonce: ${nonce}`,
    `Issued At: ${issuedAt}`,
    `Expiration Time: ${expiresAt}`,
    ...(request
      ? ["Resources:", `- urn:lucent:action:${request.action}`, `- urn:lucent:sha256:${request.digest}`]
      : []),
  ].join("\n");
}

const line = "([^\\n]*)";
const layout = new RegExp(
  `^${line} wants you to sign in with your Ethereum account:\\n(0x[0-9a-fA-F]{40})\\n\\n${line}\\n\\nURI: ${line}\\nVersion: 1\\n` +
    `Chain ID: ([1-9][0-9]*)\\nNonce: ([0-9a-zA-Z]+)\\nIssued At: ${line}\\nExpiration Time: ${line}` +
    `(?:\\nResources:\\n- urn:lucent:action:${line}\\n- urn:lucent:sha256:${line})?$`,
);

/** Reads a text that writeMessage() wrote; undefined for any other, however alike. */
export function readMessage(text: string): SiweMessage | undefined {
  const [, domain, address, , uri, chain, nonce, issuedAt, expiresAt, action, digest] = layout.exec(text) ?? [];
  if (domain === undefined || address === undefined || nonce === undefined) return undefined;
  const message: SiweMessage = {
    domain,
    uri: uri ?? "",
    account: accountId(`eip155:${chain}` as NetworkId, address),
    nonce,
    issuedAt: issuedAt as Instant,
    expiresAt: expiresAt as Instant,
    ...(action !== undefined && digest !== undefined && { request: { action, digest } }),
  };
  return parseAccount(message.account) && writeMessage(message) === text ? message : undefined;
}

function parts(account: AccountId) {
  const parsed = parseAccount(account);
  if (!parsed?.network.startsWith("eip155:")) throw new RangeError(`Cannot ask "${account}" to sign: it is not eip155`);
  return parsed;
}
