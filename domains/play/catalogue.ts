import {
  type AggregateStore,
  BadCursor,
  type Clock,
  type Loaded,
  type Page,
  type SchemaFault,
} from "../../ports/mod.ts";
import {
  type Amount,
  compareAmounts,
  type Instant,
  parseAmount,
  refuse,
  standsOn,
  type Value,
  zero,
} from "../shared/mod.ts";
import { type Capacity, type CapacityEvent, hasRoom, isAvailable } from "./capacity.ts";
import type { Checking } from "./checks.ts";
import type { Action, PlayDefinition, PlayStep } from "./definition.ts";
import type { KnownPlay, Play, PlayEvent } from "./play.ts";
import { type PlayVersion, type PlayVersionEvent, versionId } from "./version.ts";
import {
  type CataloguePlay,
  cataloguePlay,
  type DraftView,
  draftView,
  type StepView,
  stepView,
  type VersionView,
  versionView,
} from "./views.ts";

export type CatalogueQuery = {
  readonly strategy?: string | undefined;
  readonly network?: string | undefined;
  readonly asset?: string | undefined;
  readonly risk?: string | undefined;
  readonly open?: boolean | undefined;
  readonly sort?: "newest" | "title" | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};

type Dependencies = {
  readonly plays: AggregateStore<Play, PlayEvent>;
  readonly versions: AggregateStore<PlayVersion, PlayVersionEvent>;
  readonly capacities: AggregateStore<Capacity, CapacityEvent>;
  readonly checking: Checking;
  readonly clock: Clock;
};

export type PlannedOrder = {
  readonly faults: readonly SchemaFault[];
  readonly fees: { readonly entry: string; readonly exit: string; readonly performance: string };
  readonly steps: readonly StepView[];
};

/** The questions that people ask of plays. */
export function createCatalogue({ plays, versions, capacities, checking, clock }: Dependencies) {
  async function shown({ id, state }: Loaded<Play>): Promise<CataloguePlay | undefined> {
    if (state.status === "absent" || !state.latest) return undefined;
    const version = (await versions.load(versionId(id, state.latest.version))).state;
    return version.status === "published"
      ? cataloguePlay(id, state, version, isOpen(state, version, clock()))
      : undefined;
  }

  return {
    /**
     * The published plays that pass every filter. A catalogue is short: filters are applied while it is read, and a page
     * holds what its stretch of the catalogue has, which may be fewer than `limit`.
     */
    async catalogue({ sort = "newest", after, limit, ...filters }: CatalogueQuery): Promise<Page<CataloguePlay>> {
      const where = { listed: "yes", ...(sort === "title" && { title: {} }) };
      const order = sort === "title" ? "ascending" : "descending";
      const items: CataloguePlay[] = [];
      let next = after;
      do {
        const page = await plays.find({
          ...{ where, order, limit: limit - items.length },
          ...(next !== undefined && { after: next }),
        });
        const views = await Promise.all(page.items.map(shown));
        items.push(...views.filter((view) => view !== undefined).filter((view) => passes(view, filters)));
        next = page.next;
      } while (items.length < limit && next !== undefined);
      return { items, ...(next !== undefined && { next }) };
    },

    /** A published play, retired ones too: positions in them live on. */
    async one(id: string) {
      const view = await shown(await plays.load(id));
      return view ? ({ ok: true, view } as const) : refuse("play-not-found");
    },

    async versionsOf(id: string, { limit, after }: { readonly limit: number; readonly after?: string | undefined }) {
      const { state } = await plays.load(id);
      if (state.status === "absent" || !state.latest) return refuse("play-not-found");
      // Newest first, by number: the versions of a play count from one without a gap.
      const last = after === undefined ? state.latest.version : before(after, state.latest.version);
      const numbers: number[] = [];
      for (let number = last; number >= 1 && numbers.length < limit; number--) numbers.push(number);
      const found = await Promise.all(
        numbers.map(async (number) => (await versions.load(versionId(id, number))).state),
      );
      const items: VersionView[] = found.flatMap((version) =>
        version.status === "published" ? [versionView(version)] : [],
      );
      const lowest = numbers.at(-1) ?? 1;
      return { ok: true, items, ...(lowest > 1 && { next: `v${lowest}` }) } as const;
    },

    async version(id: string, number: number) {
      const { state } = await versions.load(versionId(id, number));
      return state.status === "published"
        ? ({ ok: true, view: versionView(state) } as const)
        : refuse("version-not-found");
    },

    async draftOf(id: string) {
      const { state, revision } = await plays.load(id);
      if (state.status === "absent") return refuse("play-not-found");
      return { ok: true, revision, view: draftView(id, state) satisfies DraftView } as const;
    },

    /** What an order of this kind would meet: faults by JSON pointer, fees, and the steps to come. */
    async check(id: string, { action, amount, parameters }: { action: Action; amount: string; parameters: object }) {
      const { state } = await plays.load(id);
      if (state.status === "absent" || !state.latest) return refuse("play-not-found");
      const version = (await versions.load(versionId(id, state.latest.version))).state;
      if (version.status !== "published") return refuse("play-not-found");
      const { definition } = version;
      const closed = action !== "exit" && !isOpen(state, version, clock());
      const { claimed } = (await capacities.load(id)).state;
      const faults: SchemaFault[] = [
        ...(closed ? [{ pointer: "", detail: "The play takes no orders now" }] : []),
        ...((definition[action] ?? []).length === 0
          ? [{ pointer: "/action", detail: "The play has no such action" }]
          : []),
        ...amountFaults(definition, action, amount, claimed),
        ...checking.schemas
          .faultsOf(definition.parameters, parameters)
          .map(({ pointer, detail }) => ({ pointer: `/parameters${pointer}`, detail })),
      ];
      const steps = definition[action] ?? [];
      const fees = { entry: "0", exit: "0", performance: "0" };
      return { ok: true, planned: { faults, fees, steps: steps.map(stepView) } satisfies PlannedOrder } as const;
    },
  };
}

function isOpen({ status }: KnownPlay, version: PlayVersion, at: Instant): boolean {
  return status === "published" && version.status === "published" && isAvailable(version.definition.availability, at);
}

function passes(play: CataloguePlay, { strategy, network, asset, risk, open }: Omit<CatalogueQuery, "limit">): boolean {
  const agrees = (wanted: string | boolean | undefined, has: string | boolean) =>
    wanted === undefined || wanted === has;
  return (
    agrees(strategy, play.strategy) &&
    agrees(network, play.network) &&
    agrees(asset, play.asset) &&
    agrees(risk, play.risk) &&
    agrees(open, play.open)
  );
}

function amountFaults(definition: PlayDefinition, action: Action, given: string, claimed: Amount): SchemaFault[] {
  const { minimum, maximum, exit } = definition;
  const fault = (detail: string) => [{ pointer: "/amount", detail }];
  if (given === "all") return action === "exit" ? [] : fault("Only an exit takes all");
  const asked = parseAmount(given);
  if (asked === undefined) return fault("Give an amount in base units");
  if (action === "exit") {
    if (!exit.some(usesAmount)) return fault("The play is left whole: give all");
    return asked === zero ? fault("The amount is zero") : [];
  }
  if (action === "enter" && compareAmounts(asked, minimum) < 0) return fault("The amount is below the minimum");
  if (compareAmounts(asked, maximum) > 0) return fault("The amount is above the maximum");
  return hasRoom(definition, claimed, asked) ? [] : fault("The play has no room for the amount");
}

/** A play whose exit never asks for the amount is left whole or not at all. */
function usesAmount(step: PlayStep): boolean {
  const values: readonly Value[] = step.type === "transaction" ? Object.values(step.intent) : [];
  return standsOn(values, "order.amount");
}

/** The number of the version that follows a page; only a page's `next` names one. */
function before(cursor: string, latest: number): number {
  const number = Number(/^v([1-9]\d{0,8})$/.exec(cursor)?.[1] ?? 0);
  if (number < 2 || number > latest) throw new BadCursor("Cannot read the cursor: no page gave it out");
  return number - 1;
}
