import {
  countsOf,
  defaultRoot,
  inboxOf,
  keyIn,
  liveSubject,
  questionSubject,
  streamOf,
  streamOfBucket,
  subjectsOf,
} from "./_subjects.ts";

/** What a service does with the bus; all else is refused to it. */
export type Access = {
  /** The kinds whose events are its own. */
  readonly publishes: readonly string[];
  /** The kinds that it reads. */
  readonly consumes: readonly string[];
  /** The questions that it asks: `wallet.balances`. */
  readonly asks?: readonly string[];
  /** Whether it answers all questions to itself, and tells that it is there. Default: true. */
  readonly answers?: boolean;
  /** Whether its processes tell each other news. */
  readonly live?: boolean;
  /** Whether it may ask who is there. */
  readonly discovers?: boolean;
  /** Whether its replicas count together. */
  readonly counts?: boolean;
  /**
   * Whether it is no process of ours. Who may ask chooses where the answer goes, and the broker does not look whether that is a
   * subject that they may publish to: from an account of its own, nothing goes anywhere but what it may ask.
   */
  readonly foreign?: boolean;
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
 * Who may do what, for nats-server's configuration (which takes JSON): one account with a user a service, and one for each who is
 * foreign. A service publishes events of its own kinds only, reads what it consumes, and neither makes nor changes any stream.
 */
export function serverConfig({ services, keeper: { password }, root = defaultRoot }: ServerConfigOptions) {
  const all = Object.entries(services);
  const kinds = all.flatMap(([, { publishes }]) => publishes);
  const userOf = ([user, access]: (typeof all)[number]) => ({
    ...{ user, password: access.password, permissions: permissionsOf(user, access, root) },
  });
  const counting = all.filter(([, { counts }]) => counts).map(([name]) => name);
  const keeping = { user: keeper, password, permissions: keeperPermissions(kinds, counting, root) };
  const own = all.filter(([, { foreign }]) => !foreign).map(userOf);
  const foreign = all.filter(([, { foreign }]) => foreign).map(userOf);
  return {
    accounts: {
      [root]: { jetstream: "enabled", users: [keeping, ...own], exports: exportsTo(foreign) },
      ...Object.fromEntries(foreign.map((each) => [`${root}-${each.user}`, importing(each, root)])),
    },
  };
}

type Permitted = User & { readonly user: string; readonly permissions: ReturnType<typeof permissionsOf> };

/** What those in other accounts may ask of ours. A pull is answered by many messages. */
function exportsTo(foreign: readonly Permitted[]) {
  const subjects = [...new Set(foreign.flatMap(({ permissions }) => permissions.publish.allow))];
  return subjects.map((service) => ({
    service,
    response_type: service.includes(".MSG.NEXT.") ? "stream" : "singleton",
  }));
}

/** Its own `$JS.API` is the broker's, and says that there is none: ours is below `$JS.<root>.API`, as a JetStream domain is. */
function importing({ user, password, permissions }: Permitted, root: string) {
  const local = (subject: string) => subject.replace(/^\$JS\.API\./, `$JS.${root}.API.`);
  const subjects = permissions.publish.allow;
  return {
    users: [{ user, password, permissions: { ...permissions, publish: { allow: subjects.map(local) } } }],
    imports: subjects.map((subject) => ({ service: { account: root, subject }, to: local(subject) })),
  };
}

function permissionsOf(name: string, access: Access, root: string) {
  const { publishes, consumes, asks = [], answers = true, live = false, discovers = false, counts = false } = access;
  const news = live ? [liveSubject(root, name)] : [];
  const known = [...new Set([...publishes, ...consumes])].map((kind) => streamOf(root, kind));
  return {
    publish: {
      allow: [
        ...publishes.map((kind) => subjectsOf(root, kind)),
        ...known.map((stream) => `$JS.API.STREAM.INFO.${stream}`),
        ...consumes.flatMap((kind) => readingOf(streamOf(root, kind))),
        ...asks.map((question) => questionSubject(root, question)),
        ...news,
        ...(discovers ? ["$SRV.PING.*"] : []),
        ...(counts ? countingOf(countsOf(root, name)) : []),
      ],
    },
    subscribe: { allow: [`${inboxOf(name)}.>`, ...news, ...(answers ? answeringOf(name, root) : [])] },
    // To whoever asks, once for each question: verifying a long journal takes its time.
    ...(answers && { allow_responses: { max: 1, expires: "10m" } }),
  };
}

function answeringOf(name: string, root: string): readonly string[] {
  return [questionSubject(root, `${name}.>`), "$SRV.*", `$SRV.*.${name}`, `$SRV.*.${name}.*`];
}

function readingOf(stream: string): readonly string[] {
  const api = "$JS.API.CONSUMER";
  return [
    `${api}.CREATE.${stream}.>`,
    ...["INFO", "DELETE", "MSG.NEXT"].map((operation) => `${api}.${operation}.${stream}.*`),
  ];
}

function countingOf(bucket: string): readonly string[] {
  const stream = streamOfBucket(bucket);
  return [keyIn(bucket, ">"), `$JS.API.STREAM.INFO.${stream}`, ...readingOf(stream)];
}

function keeperPermissions(kinds: readonly string[], counting: readonly string[], root: string) {
  const buckets = counting.map((service) => countsOf(root, service));
  const streams = [...kinds.map((kind) => streamOf(root, kind)), ...buckets.map(streamOfBucket)];
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
