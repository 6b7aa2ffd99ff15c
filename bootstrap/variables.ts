import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { isRecipient } from "../adapters/age/mod.ts";
import type { RateLimits } from "../adapters/http/mod.ts";
import type { ConfiguredPrice } from "../adapters/prices/mod.ts";
import { type AccountId, parseAccount, parseAsset, secondsOf } from "../domains/shared/mod.ts";

/** What a variable's text says, or what is wrong with it. */
export type Read<T> = { readonly value: T } | { readonly fault: string };

export function oneOf<const T extends string>(...values: readonly T[]): (text: string) => Read<T> {
  return (text) => {
    const value = values.find((each) => each === text);
    return value === undefined ? { fault: `give one of ${values.join(", ")}` } : { value };
  };
}

export function readPort(text: string): Read<number> {
  const value = Number(text);
  return /^\d{1,5}$/.test(text) && value > 0 && value < 65_536 ? { value } : { fault: "give a port from 1 to 65535" };
}

/** An origin: scheme, host, port. */
export function readUrl(text: string): Read<string> {
  const url = URL.parse(text);
  const plain =
    url && ["http:", "https:"].includes(url.protocol) && !url.username && url.pathname === "/" && !url.search;
  return plain ? { value: url.origin } : { fault: "give an origin such as https://api.example.org" };
}

/** As browsers send them: a slash at the end would match none. */
export function readOrigins(text: string): Read<readonly string[]> {
  const origins = listed(text);
  const good = origins.every((each) => each === "*" || URL.parse(each)?.origin === each);
  return good ? { value: origins } : { fault: "give origins such as https://app.example.org, with commas between" };
}

/** A length of time, in seconds. */
export function readDuration(text: string): Read<number> {
  const value = secondsOf(text);
  return value === undefined ? { fault: "give a duration such as PT24H (ISO 8601, no years and months)" } : { value };
}

export function readRecipients(text: string): Read<readonly string[]> {
  const recipients = listed(text);
  const good = recipients.length > 0 && recipients.every(isRecipient);
  return good ? { value: recipients } : { fault: "give public keys of age (age1…), with commas between" };
}

export function readSwitch(text: string): Read<boolean> {
  return text === "on" || text === "off" ? { value: text === "on" } : { fault: "give on or off" };
}

export function readRateLimits(text: string): Read<RateLimits | "off"> {
  if (text === "off") return { value: text };
  const limits = Object.fromEntries(listed(text).map((each) => each.split("=")));
  const good = ({ user, address, ...others }: Record<string, string | undefined>) =>
    [user, address].every((each) => /^[1-9]\d{0,8}$/.test(each ?? "")) && Object.keys(others).length === 0;
  if (!good(limits)) return { fault: "give requests a minute as user=1200,address=3000, or off" };
  return { value: { user: Number(limits.user), address: Number(limits.address) } };
}

/** IP addresses and CIDR blocks. */
export function readProxies(text: string): Read<readonly string[]> {
  const good = listed(text).every((each) => {
    const [address = "", prefix, ...rest] = each.split("/");
    const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    return (
      bits > 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
    );
  });
  return good
    ? { value: listed(text) }
    : { fault: "give addresses or CIDR blocks such as 10.0.0.0/8, with commas between" };
}

export function readAccounts(text: string): Read<readonly AccountId[]> {
  const accounts = listed(text);
  if (!accounts.every(parseAccount)) return { fault: "give CAIP-10 accounts, with commas between (eip155:1:0x…)" };
  return { value: accounts as AccountId[] };
}

/** A URL of MongoDB without credentials: those come from Key Vault. */
export function readMongodbUrl(text: string): Read<string> {
  const good = /^mongodb(\+srv)?:\/\/[^@/]+(\/(\?.*)?)?$/.test(text);
  return good
    ? { value: text }
    : { fault: "give a URL such as mongodb://db1,db2/?replicaSet=rs0, without credentials" };
}

export function readNatsUrls(text: string): Read<readonly string[]> {
  const urls = listed(text);
  const good = urls.every((each) => /^(nats|tls):\/\/[^@/]+$/.test(each));
  return good
    ? { value: urls }
    : { fault: "give URLs such as tls://nats1:4222, with commas between, without credentials" };
}

export function readHttpsUrl(text: string): Read<string> {
  const { fault, value } = readUrl(text) as { fault?: string; value: string };
  return fault === undefined && value.startsWith("https:") ? { value } : { fault: "give the https URL of a vault" };
}

/** The path of a file that can be read. */
export function readPath(text: string): Read<string> {
  try {
    readFileSync(text);
    return { value: text };
  } catch {
    return { fault: "give the path of a readable file" };
  }
}

/** JSON, or a path to a file of it. */
export function readJson<T>(text: string, read: (json: unknown) => T | string): Read<T> {
  const inline = /^\s*[[{]/.test(text);
  let json: unknown;
  try {
    json = JSON.parse(inline ? text : readFileSync(text, "utf8"));
  } catch {
    return { fault: inline ? "give well-formed JSON" : "give JSON, or the path of a readable file with it" };
  }
  const outcome = read(json);
  return typeof outcome === "string" ? { fault: outcome } : { value: outcome };
}

export function readPrices(json: unknown): readonly ConfiguredPrice[] | string {
  const good = (each: Partial<ConfiguredPrice> | null) =>
    parseAsset(String(each?.asset)) &&
    /^\d+(\.\d+)?$/.test(String(each?.value)) &&
    /^[A-Z]{3}$/.test(String(each?.currency));
  return Array.isArray(json) && json.every(good)
    ? json
    : 'give a list of {"asset": CAIP-19, "value": "1.05", "currency": "USD"}';
}

function listed(text: string): readonly string[] {
  return text.split(",").map((each) => each.trim());
}
