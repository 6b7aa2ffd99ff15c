import { kebabCase } from "../../ports/adapting.ts";

/** How streams and subjects are named. `root` tells platforms apart that share a server. */
export const defaultRoot = "lucent";

export const streamOf = (root: string, kind: string) => `${root}-${kind}`;

/** The bucket in which the replicas of a service tell each other what they count. */
export const countsOf = (root: string, service: string) => `${root}-counts-${service}`;

export const streamOfBucket = (bucket: string) => `KV_${bucket}`;

export const keyIn = (bucket: string, key: string) => `$KV.${bucket}.${key}`;

export const subjectsOf = (root: string, kind: string) => `${root}.${kind}.v1.>`;

/** `<root>.<kind>.v1.<event-name>.<aggregate>` */
export function subjectOf(root: string, kind: string, type: string, aggregate: string): string {
  return `${root}.${kind}.v1.${kebab(type)}.${token(aggregate)}`;
}

/** `<root>.query.<service>.v1.<name>` of a question `<service>.<name>`. */
export function questionSubject(root: string, question: string): string {
  const [service = "", ...name] = question.split(".");
  return `${root}.query.${service}.v1.${name.join(".")}`;
}

/** What the processes of a service tell each other. */
export const liveSubject = (root: string, service: string) => `${root}.live.${service}`;

/** Where a user's answers arrive; nobody else may listen there. */
export const inboxOf = (user: string | undefined) => (user === undefined ? "_INBOX" : `_INBOX_${token(user)}`);

/**
 * Whether an answer may be sent there: to somebody's inbox, or by way of the broker to one in another account. Who asks chooses the
 * place, and the broker lets us answer wherever that is.
 */
export const isInbox = (reply: string | undefined) => /^_(INBOX[_.]|R_\.)/.test(reply ?? "");

const kebabs = new Map<string, string>();

/** `VersionPublished` is `version-published`. There are few types, and they come again and again: what they become is kept. */
export function kebab(type: string): string {
  const known = kebabs.get(type);
  if (known !== undefined) return known;
  const made = token(kebabCase(type));
  if (kebabs.size < 1_000) kebabs.set(type, made);
  return made;
}

/** Text as one token of a subject, never empty. A long one is told by its digest: subjects are for filters, bodies for facts. */
function token(text: string): string {
  if (/^[\w:-]{1,200}$/.test(text)) return text;
  const safe = text.replaceAll(/[^!#$&-)+,\-/-=?-~]/gu, percent) || "%";
  return safe.length <= 200 ? safe : `sha256:${new Bun.CryptoHasher("sha256").update(text).digest("hex")}`;
}

/** As CloudEvents encodes what a header can't carry: every byte of its UTF-8 as `%XX`. */
export function percent(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}
