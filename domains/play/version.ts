/**
 * A published version of a play. It never changes.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import type { Instant } from "../shared/mod.ts";
import type { PlayDefinition } from "./definition.ts";

export type PublishedVersion = {
  readonly play: string;
  readonly version: number;
  readonly digest: string;
  readonly definition: PlayDefinition;
  readonly publishedAt: Instant;
};

export type PlayVersion = { readonly status: "absent" } | ({ readonly status: "published" } & PublishedVersion);

export type PlayVersionEvent = {
  readonly type: "VersionPublished";
  readonly play: string;
  readonly version: number;
  readonly digest: string;
  readonly definition: PlayDefinition;
  readonly at: Instant;
};

export function versionId(play: string, version: number): string {
  return `${play}-${version}`;
}

/** Replays a recorded fact. */
export function evolve(_version: PlayVersion, event: PlayVersionEvent): PlayVersion {
  const { type: _, at: publishedAt, ...published } = event;
  return { status: "published", ...published, publishedAt };
}

export const playVersionKind: AggregateKind<PlayVersion, PlayVersionEvent> = {
  name: "play_version",
  initial: { status: "absent" },
  evolve,
  upcasters: [],
  indexes: [["play"]],
};
