import { setTimeout } from "node:timers/promises";

const patience = 60_000;

/** Resolves when every service has a replica that answers. */
export async function untilReady(url: string): Promise<void> {
  const start = performance.now();
  for (;;) {
    const ready = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    if (performance.now() - start > patience) throw new Error(`${url} is not ready`);
    await setTimeout(50);
  }
}
