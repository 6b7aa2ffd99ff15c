/**
 * Metrics in the text form of Prometheus.
 *
 * @module
 */
export { createMetrics, type Metrics } from "./metrics.ts";
