import pino, { type DestinationStream } from "pino";
import type { Log } from "../../ports/mod.ts";

export type LogOptions = {
  readonly level: "silent" | "error" | "warn" | "info" | "debug";
  /** The process that speaks, where there are several. */
  readonly service?: string;
  /** Default: standard output, written at once. */
  readonly to?: DestinationStream;
};

const secrets = [
  "authorization",
  "accessToken",
  "refreshToken",
  "token",
  "signature",
  "seed",
  "privateKey",
  "raw",
  "ticket",
  "stepUp",
];

/** A log of JSON lines. Details with an `error` are of level error, others of level info. */
export function createLog({ level, service, to = pino.destination({ sync: true }) }: LogOptions): Log {
  const paths = secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  const logger = pino(
    {
      level,
      base: service === undefined ? null : { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.errWithCause },
      redact: { paths, censor: "[redacted]" },
    },
    to,
  );
  return (message, details) => logger[details.error === undefined ? "info" : "error"](details, message);
}
