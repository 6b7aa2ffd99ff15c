import { until } from "../demo/until.ts";
import type { Stage } from "./stage.ts";

/** Resolves when gateway and services say that all they need is up. */
export async function untilReady({ url, cluster }: Pick<Stage, "url" | "cluster">, patience: number): Promise<void> {
  const addresses = () => [
    url,
    ...cluster.replicas().flatMap(({ name, address }) => (name === "keeper" ? [] : [address])),
  ];
  const unready = () => Promise.all(addresses().map(reasonUnready));
  await until("readiness", unready, (reasons) => reasons.every((reason) => reason === ""), patience);
}

async function reasonUnready(address: string): Promise<string> {
  try {
    const answer = await fetch(`${address}/health/ready`);
    return answer.ok ? "" : `${address}: ${await answer.text()}`;
  } catch (error) {
    return `${address}: ${error}`;
  }
}
