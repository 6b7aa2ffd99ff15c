/**
 * Somebody who uses a platform that fails: asks again whatever has no answer, and notes what nobody should be told.
 *
 * @module
 */
import { type Client, Refused, type Signer, signIn } from "../client.ts";

export type Ask = {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** What became of one request. Of what is `unknown` nobody can tell whether it was done. */
export type Said =
  | { readonly outcome: "done"; readonly body: unknown; readonly etag: string }
  | { readonly outcome: "refused"; readonly status: number; readonly problem: string }
  | { readonly outcome: "unknown"; readonly why: string };

export type Person = {
  /** Asks once. */
  try(ask: Ask): Promise<Said>;
  /** Asks until there is an answer. For what may be asked twice. */
  insist(ask: Ask): Promise<Exclude<Said, { outcome: "unknown" }>>;
  /** Reads until there is an answer. */
  read<Body>(path: string): Promise<Body>;
  /** Answers that no outage explains. */
  readonly surprises: readonly string[];
};

const longest = 500;

/** Signs in when they must. */
export function createPerson(url: string, signer: Signer): Person {
  const surprises: string[] = [];
  let signing: Promise<Client> | undefined;

  function signedIn(): Promise<Client> {
    signing ??= signIn(url, signer);
    return signing;
  }

  async function attempt({ method, path, body, headers }: Ask): Promise<Said> {
    const asked = signedIn();
    try {
      const client = await asked;
      const answer = await client.send(method, path, {
        ...(body !== undefined && { body }),
        ...(headers && { headers }),
      });
      return { outcome: "done", body: answer.body, etag: answer.headers.get("etag") ?? "" };
    } catch (error) {
      if (!(error instanceof Refused)) return { outcome: "unknown", why: String(error) };
      const { status, problem } = error;
      const passing = status === 401 || [502, 503, 504].includes(status) || problem.type.endsWith("key-in-flight");
      if (!passing && status >= 500) surprises.push(error.message);
      if (passing || status >= 500) return { outcome: "unknown", why: error.message };
      return { outcome: "refused", status, problem: problem.type.replace("urn:lucent:problem:", "") };
    } finally {
      await forgetIfBroken(asked);
    }
  }

  /** A sign-in that failed is done again; so is one whose token is no good any more. */
  async function forgetIfBroken(asked: Promise<Client>): Promise<void> {
    const good = await asked.then(
      () => true,
      () => false,
    );
    if (!good && signing === asked) signing = undefined;
  }

  async function once(ask: Ask): Promise<Said> {
    const before = signing;
    const said = await attempt(ask);
    if (said.outcome === "unknown" && said.why.includes(": 401 ") && signing === before) signing = undefined;
    return said;
  }

  async function insist(ask: Ask) {
    for (let tries = 0; ; tries++) {
      const said = await once(ask);
      if (said.outcome !== "unknown") return said;
      await Bun.sleep(Math.random() * Math.min(20 * 2 ** tries, longest));
    }
  }

  return {
    try: once,
    insist,
    surprises,
    async read<Body>(path: string) {
      const said = await insist({ method: "GET", path });
      if (said.outcome !== "done") throw new Error(`GET ${path}: ${said.status} ${said.problem}`);
      return said.body as Body;
    },
  };
}
