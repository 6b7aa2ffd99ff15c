import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export type Metrics = ReturnType<typeof createMetrics>;

type Answer = {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
};

/** The platform's metrics; each call makes a registry of its own. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Histogram({
    name: "lucent_http_request_duration_seconds",
    help: "How long requests took to answer",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers,
  });
  const reactions = new Counter({
    name: "lucent_reactions_total",
    help: "Events handled, by consumer, kind and outcome",
    labelNames: ["consumer", "kind", "outcome"],
    registers,
  });
  const parked = new Gauge({
    name: "lucent_parked_events",
    help: "Events that wait for a person or another try",
    labelNames: ["service"],
    registers,
  });
  return {
    answered({ method, route, status, milliseconds }: Answer): void {
      requests.observe({ method, route, status }, milliseconds / 1000);
    },
    reacted: (consumer: string, kind: string, outcome: "done" | "parked") => reactions.inc({ consumer, kind, outcome }),
    parked: (service: string, count: number) => parked.set({ service }, count),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
