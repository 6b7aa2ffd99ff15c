import {
  Fault,
  VaultEntryAbsent,
  VaultEntryDisabled,
  VaultForbidden,
  VaultThrottled,
  VaultUnreachable,
} from "../../ports/mod.ts";

/** What Key Vault answered instead of success. Of its words only the codes are kept: messages name callers and addresses. */
export class Declined extends Error {
  readonly status: number;
  readonly code: string | undefined;
  readonly inner: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(status: number, body: string | null | undefined, retryAfter: string | undefined) {
    const { code, innererror } = errorIn(body);
    super([status, plainCode(code), plainCode(innererror?.code)].filter(Boolean).join(" "));
    this.status = status;
    this.code = plainCode(code);
    this.inner = plainCode(innererror?.code);
    this.retryAfter = milliseconds(retryAfter);
  }
}

const disabled = /Disabled$|Expired$|NotYetValid$/;
const usualRest = 1_000;
const longestRest = 60_000;

/**
 * One fault of five for whatever a call threw. A status alone proves nothing, any proxy can send it: absent and forbidden are
 * read only from an answer with Key Vault's own codes. Never with a cause: the SDK's errors hold the request, and with it keys
 * and tokens.
 */
export function faultOf(what: string, error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (!(error instanceof Declined)) return unanswered(what, error);
  const { status, code, inner, message } = error;
  const told = `Cannot ${what}: ${message}`;
  if (status === 429) return new VaultThrottled(told, error.retryAfter ?? usualRest);
  if (status === 404 && /NotFound$/.test(code ?? "")) return new VaultEntryAbsent(told);
  if (status === 403 && inner && disabled.test(inner)) return new VaultEntryDisabled(told);
  if ((status === 403 && code === "Forbidden") || (status === 401 && code === "Unauthorized"))
    return new VaultForbidden(told);
  if (status === 400 && code === "BadParameter")
    return new VaultForbidden(`${told}: the entry is not made for this use`);
  return new VaultUnreachable(told);
}

/** Whether Key Vault said that what it was to unwrap is not what the key's version wrapped. */
export function saysBadBytes(error: unknown): boolean {
  return error instanceof Declined && error.status === 400 && error.code === "BadParameter";
}

function unanswered(what: string, error: unknown): Fault {
  // A refusal of our identity is final; an identity service that can't be reached is not.
  if (identityRefused(error)) return new VaultForbidden(`Cannot ${what}: no token for this identity`);
  const { code, name } = error as { code?: unknown; name?: unknown };
  return new VaultUnreachable(`Cannot ${what}: no answer (${plainCode(code) ?? plainCode(name) ?? "unknown"})`);
}

function identityRefused(error: unknown): boolean {
  const { name, statusCode, errors } = error as { name?: unknown; statusCode?: unknown; errors?: unknown };
  if (Array.isArray(errors)) return errors.some(identityRefused);
  return name === "AuthenticationError" && [400, 401, 403].includes(Number(statusCode));
}

function errorIn(body: string | null | undefined): { code?: unknown; innererror?: { code?: unknown } } {
  try {
    return JSON.parse(body ?? "")?.error ?? {};
  } catch {
    return {};
  }
}

/** A code is a word; what is none might be anything. */
function plainCode(code: unknown): string | undefined {
  return typeof code === "string" && /^\w{1,60}$/.test(code) ? code : undefined;
}

/** `Retry-After` is seconds or a date. */
function milliseconds(retryAfter: string | undefined): number | undefined {
  if (!retryAfter) return undefined;
  const rest = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(rest) ? undefined : Math.min(Math.max(rest, 0), longestRest);
}
