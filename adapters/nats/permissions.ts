import { defaultRoot, inboxOf, liveSubject, notesOf, questionSubject, streamOf, subjectsOf } from "./_subjects.ts";

/** What a service does with the bus; all else is refused to it. */
export type Access = {
  /** The kinds whose events are its own. */
  readonly publishes: readonly string[];
  /** The kinds that it reads. */
  readonly consumes: readonly string[];
  /** The questions that it asks: `wallet.balances`. Those to itself it answers, all of them. */
  readonly asks?: readonly string[];
  /** Whether its processes tell each other news. */
  readonly live?: boolean;
  /** Whether it may ask who is there. */
  readonly discovers?: boolean;
};

type User = {
  /** As it is, or its bcrypt hash. */
  readonly password: string;
};

export type ServerConfigOptions = {
  /** By name: a service's user is called like it. */
  readonly services: Readonly<Record<string, Access & User>>;
  /** Who makes the streams: `keepStreams()` connects as `keeper`. */
  readonly keeper: User;
  /** The first word of subjects and streams. Default: `lucent`. */
  readonly root?: string;
};

/** The user who makes the streams; no service is called so. */
export const keeper = "keeper";

/**
 * Who may do what, for nats-server's configuration (which takes JSON): one account with a user a service. A service publishes
 * events of its own kinds only, reads what it consumes, and neither makes nor changes any stream.
 */
export function serverConfig({ services, keeper: { password }, root = defaultRoot }: ServerConfigOptions) {
  const kinds = Object.values(services).flatMap(({ publishes }) => publishes);
  const users = Object.entries(services).map(([user, access]) => ({
    ...{ user, password: access.password },
    permissions: permissionsOf(user, access, root),
  }));
  const keeping = { user: keeper, password, permissions: keeperPermissions(kinds, root) };
  return { accounts: { [root]: { jetstream: "enabled", users: [keeping, ...users] } } };
}

function permissionsOf(name: string, access: Access, root: string) {
  const { publishes, consumes, asks = [], live = false, discovers = false } = access;
  const news = live ? [liveSubject(root, name)] : [];
  const known = [...new Set([...publishes, ...consumes])].map((kind) => streamOf(root, kind));
  const notes = notesOf(root);
  return {
    publish: {
      allow: [
        ...publishes.map((kind) => subjectsOf(root, kind)),
        ...known.map((stream) => `$JS.API.STREAM.INFO.${stream}`),
        ...publishes.flatMap((kind) => [`$KV.${notes}.${kind}`, `$JS.API.DIRECT.GET.KV_${notes}.$KV.${notes}.${kind}`]),
        ...consumes.flatMap((kind) => readingOf(streamOf(root, kind))),
        ...asks.map((question) => questionSubject(root, question)),
        ...news,
        ...(discovers ? ["$SRV.>"] : []),
      ],
    },
    subscribe: {
      allow: [
        ...[`${inboxOf(name)}.>`, questionSubject(root, `${name}.>`), ...news],
        ...["$SRV.*", `$SRV.*.${name}`, `$SRV.*.${name}.*`],
      ],
    },
    // To whoever asks, once for each question.
    allow_responses: { max: 1, expires: "1m" },
  };
}

function readingOf(stream: string): readonly string[] {
  const api = "$JS.API.CONSUMER";
  return [
    `${api}.CREATE.${stream}.>`,
    ...["INFO", "DELETE", "MSG.NEXT"].map((operation) => `${api}.${operation}.${stream}.*`),
  ];
}

function keeperPermissions(kinds: readonly string[], root: string) {
  const streams = [...kinds.map((kind) => streamOf(root, kind)), `KV_${notesOf(root)}`];
  const api = "$JS.API";
  return {
    publish: {
      allow: [
        `${api}.INFO`,
        ...streams.flatMap((each) => [`${api}.STREAM.CREATE.${each}`, `${api}.STREAM.INFO.${each}`]),
      ],
    },
    subscribe: { allow: [`${inboxOf(keeper)}.>`] },
  };
}
