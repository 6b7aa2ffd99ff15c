import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createJudge } from "../adapters/asyncapi/_judges_test.ts";
import { asyncApiOf } from "../adapters/asyncapi/mod.ts";
import * as notification from "../domains/notification/mod.ts";
import * as play from "../domains/play/mod.ts";
import * as portfolio from "../domains/portfolio/mod.ts";
import * as task from "../domains/task/mod.ts";
import * as user from "../domains/user/mod.ts";
import * as wallet from "../domains/wallet/mod.ts";
import { lift, schemaOf } from "../ports/mod.ts";
import { type Golden, goldenPath } from "./golden.ts";
import type { AnyStore } from "./rebuild.ts";

type Kind = AnyStore["kind"];
const faces: readonly object[] = [user, wallet, play, task, portfolio, notification];
const kinds = faces
  .flatMap((face) => Object.values(face))
  .filter((each): each is Kind => typeof each?.evolve === "function" && typeof each?.name === "string");

/** The golden files of a kind's forms, as far as the kind's own form goes. */
const formsOf = (kind: Kind) => Array.from({ length: schemaOf(kind) }, (_, place) => place + 1);

test("every released form of every kind has a golden file", () => {
  const missing = kinds.flatMap((kind) => formsOf(kind).filter((form) => !existsSync(goldenPath(kind.name, form))));
  expect(missing).toEqual([]);
  expect(kinds.length).toBeGreaterThan(20);
  const names = kinds.map(({ name }) => name);
  const files = readdirSync(join(import.meta.dir, "golden")).map((file) => file.split(".")[0] ?? "");
  expect(files.filter((file) => !names.includes(file))).toEqual([]);
});

for (const kind of kinds) {
  for (const form of formsOf(kind)) {
    test(`${kind.name}, form ${form}: lifting the stored state is replaying the lifted events`, () => {
      const golden: Golden = JSON.parse(readFileSync(goldenPath(kind.name, form), "utf8"));
      expect(golden.events.length).toBeGreaterThan(0);
      const lifted = golden.events.map((event) => lift(kind, "event", golden.schema, event));
      expect(plain(lifted.reduce(kind.evolve, kind.initial))).toEqual(lift(kind, "state", golden.schema, golden.state));
    });
  }
}

test("every event of the golden files is, in the newest form, what the AsyncAPI document says", () => {
  const services = { all: { publishes: kinds.map(({ name }) => name), consumes: [] } };
  const judge = createJudge(asyncApiOf({ services, questions: {} }));
  for (const kind of kinds) {
    for (const form of formsOf(kind)) {
      const golden: Golden = JSON.parse(readFileSync(goldenPath(kind.name, form), "utf8"));
      const lifted = golden.events.map((event) => lift(kind, "event", golden.schema, event) as typeof event);
      expect(lifted.map((event) => judge(`${kind.name}.${event.type}`, "payload", event)).filter(Boolean)).toEqual([]);
    }
  }
});

/** As JSON keeps it: a field that is undefined is none. */
function plain(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state));
}
