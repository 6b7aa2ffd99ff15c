import type { Instant } from "../shared/mod.ts";
import type { PlayDefinition, PlayStep } from "./definition.ts";
import type { KnownPlay } from "./play.ts";
import type { PublishedVersion } from "./version.ts";

type Terms = Omit<PlayDefinition, "contracts" | "spenders" | "enter" | "adjust" | "exit" | "valuation" | "health">;

/** What investors see of a play in the catalogue: the terms, not the machinery; a version shows all. */
export type CataloguePlay = Terms & {
  readonly id: string;
  readonly version: number;
  readonly digest: string;
  readonly open: boolean;
  readonly status: KnownPlay["status"];
  readonly publishedAt: Instant;
};

export function cataloguePlay(
  id: string,
  { status }: KnownPlay,
  published: PublishedVersion,
  open: boolean,
): CataloguePlay {
  const { version, digest, publishedAt, definition } = published;
  const {
    contracts: _c,
    spenders: _s,
    enter: _e,
    adjust: _a,
    exit: _x,
    valuation: _v,
    health: _h,
    ...terms
  } = definition;
  return { id, version, digest, open, status, publishedAt, ...terms };
}

/** A version as it was published, for ever. */
export type VersionView = PublishedVersion;

export function versionView({ play, version, digest, definition, publishedAt }: PublishedVersion): VersionView {
  return { play, version, digest, definition, publishedAt };
}

/** What the team sees of a play and its draft. */
export type DraftView = {
  readonly id: string;
  readonly status: KnownPlay["status"];
  readonly digest: string;
  readonly draft: PlayDefinition;
  readonly offered: boolean;
  readonly authors: readonly string[];
  readonly version: number;
};

/** `version` counts those published so far. */
export function draftView(id: string, { status, draft, offer, latest }: KnownPlay): DraftView {
  const { definition, digest, authors } = draft;
  const version = latest?.version ?? 0;
  return { id, status, digest, draft: definition, offered: offer !== undefined, authors, version };
}

/** A step that is to come, as an investor sees it. */
export type StepView = { readonly id: string; readonly title: string; readonly type: PlayStep["type"] };

export function stepView({ id, title, type }: PlayStep): StepView {
  return { id, title, type };
}
