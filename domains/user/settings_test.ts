import { expect, test } from "bun:test";
import type { Instant } from "../shared/mod.ts";
import { accountOf, walletOf } from "./_world_test.ts";
import { changeSettings, type Settings, type SettingsPatch } from "./settings.ts";
import { evolve, type UserEvent, userKind } from "./user.ts";

const at = "2026-11-23T00:00:00.000Z" as Instant;
const registered: UserEvent = { type: "UserRegistered", account: accountOf(walletOf(2)), roles: [], at };

function having(settings: Settings) {
  return [registered, { type: "SettingsChanged", settings } as UserEvent].reduce(evolve, userKind.initial);
}

test("changeSettings() merges choices, and takes back those that are null", () => {
  const user = having({ currency: "EUR", theme: "dark" });
  expect(changeSettings(user, { theme: null, timeZone: "Europe/Zurich" })).toEqual({
    ok: true,
    events: [{ type: "SettingsChanged", settings: { currency: "EUR", timeZone: "Europe/Zurich" } }],
  });
});

test("changeSettings() records nothing where nothing changes", () => {
  const user = having({ currency: "EUR" });
  expect(changeSettings(user, { currency: "EUR", language: null })).toEqual({ ok: true, events: [] });
  expect(changeSettings(user, {})).toEqual({ ok: true, events: [] });
});

test.each<[SettingsPatch, string]>([
  [{ currency: "QQQ" }, "currency-unknown"],
  [{ language: "de_CH" }, "language-malformed"],
  [{ timeZone: "Mars/Olympus" }, "time-zone-unknown"],
  [{ timeZone: "+01:00" }, "time-zone-unknown"],
])("changeSettings() refuses %p", (patch, refusal) => {
  expect(changeSettings(having({}), patch)).toEqual({ ok: false, refusal } as never);
});
