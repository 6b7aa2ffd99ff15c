import { expect, test } from "bun:test";
import { admin, at, investor, proof, rival } from "./_world_test.ts";
import { evolveIncident, type Incident, type IncidentEvent, resolveIncident } from "./incident.ts";

const none: Incident = { status: "none" };
const about = {
  order: "o1",
  task: "t1",
  user: investor,
  reason: "compensation-reverted",
  detail: "Enter: it reverted",
};
const opened: IncidentEvent = { type: "IncidentOpened", ...about, at };
const command = { by: admin, proof, resolution: "Paid back", at };
const after = (...events: readonly IncidentEvent[]) => events.reduce(evolveIncident, none);

test("an incident is resolved by a person, who signs for it", () => {
  expect(after(opened)).toEqual({ ...about, status: "open", openedAt: at });
  const resolved = resolveIncident(after(opened), command);
  expect(resolved).toEqual({ ok: true, events: [{ type: "IncidentResolved", order: "o1", ...command }] });
  expect(resolved.ok && after(opened, ...resolved.events)).toEqual({
    ...{ ...about, status: "resolved", openedAt: at, resolution: "Paid back", resolvedBy: admin },
  });
});

test("resolving it again in the same words changes nothing; in others it is refused", () => {
  const resolved = resolveIncident(after(opened), command);
  const over = resolved.ok ? after(opened, ...resolved.events) : none;
  expect(resolveIncident(over, { ...command, by: rival })).toEqual({ ok: true, events: [] });
  expect(resolveIncident(over, { ...command, resolution: "Lost" })).toEqual({
    ok: false,
    refusal: "incident-resolved",
  });
  expect(resolveIncident(none, command)).toEqual({ ok: false, refusal: "incident-not-found" });
});

test("an incident of no order names none", () => {
  const { order: _, ...rest } = about;
  const resolved = resolveIncident(after({ type: "IncidentOpened", ...rest, at }), command);
  expect(resolved).toEqual({ ok: true, events: [{ type: "IncidentResolved", ...command }] });
});
