import { expect, test } from "bun:test";
import { createReplicas } from "./replicas.ts";

const found = (id: string, metadata: Record<string, string> = { http: `http://${id}` }) => ({
  ...{ service: "play" as const, id, metadata },
});

test("a replica that tells where it serves is known, with its service's prefixes", () => {
  expect(createReplicas()([found("r1"), found("r2", {})])).toEqual([
    { service: "play", id: "r1", url: "http://r1", prefixes: ["/v1/operations/play", "/v1/plays"] },
  ]);
});

test("what a replica says of other services' paths, and of its name, is not believed", () => {
  const taken = { http: "http://evil", prefixes: "/v1/users /", name: "user" };
  expect(createReplicas()([{ ...found("r1", taken), ...{ name: "user" } }])).toEqual([
    { service: "play", id: "r1", url: "http://evil", prefixes: ["/v1/operations/play", "/v1/plays"] },
  ]);
});

test("one that discoveries miss is kept for a while, and then is gone", () => {
  let now = 0;
  const look = createReplicas(() => now);
  look([found("r1"), found("r2")]);
  now = 4_000;
  expect(look([found("r2")]).map(({ id }) => id)).toEqual(["r1", "r2"]);
  now = 6_000;
  expect(look([]).map(({ id }) => id)).toEqual(["r2"]);
});

test("one that takes back where it serves is gone at once", () => {
  const look = createReplicas(() => 0);
  look([found("r1")]);
  expect(look([found("r1", {})])).toEqual([]);
});
