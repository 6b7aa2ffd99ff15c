/**
 * The platform, ending itself by SIGKILL at one moment that its argument names.
 *
 * @module
 */
import { writeSync } from "node:fs";
import type { EventBus } from "../../../ports/messaging.ts";
import type { Envelope } from "../../../ports/mod.ts";
import { startDevelopment } from "../../development/mod.ts";
import { startPlatform } from "../../platform.ts";
import { platformConfig } from "../stand.ts";
import type { Kill, Point } from "./plan.ts";

type Order = { readonly data: string; readonly port: number; readonly kill?: Kill };

const { data, port, kill }: Order = JSON.parse(process.argv[2] ?? "{}");
let left = kill?.after ?? 0;

/** Passes the moment, or dies in it. */
function pass(point: Point, events: readonly Envelope[]): void {
  if (point !== kill?.point) return;
  const met = events.filter(({ kind, event }) => `${kind}/${event.type}` === kill.event).length;
  left -= met;
  if (met === 0 || left >= 0) return;
  writeSync(1, `${kill.event} ${point}\n`);
  process.kill(process.pid, "SIGKILL");
}

const crashing = (bus: EventBus): EventBus => ({
  async publish(events) {
    pass("committed", events);
    await bus.publish(events);
    pass("published", events);
  },
  subscribe: ({ react, ...subscription }) =>
    bus.subscribe({
      ...subscription,
      async react(event, signal) {
        pass("delivered", [event]);
        await react(event, signal);
        pass("reacted", [event]);
      },
    }),
});

const development = await startDevelopment(data, () => {});
await startPlatform(platformConfig(development, data, port), { bus: crashing });
