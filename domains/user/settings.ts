/**
 * A user's settings, changed by JSON merge patch (RFC 7396).
 *
 * @module
 */
import { accept, type Decision, refuse } from "../shared/mod.ts";
import type { User, UserEvent } from "./user.ts";

export const themes = ["light", "dark", "system"] as const;
export const riskProfiles = ["conservative", "moderate", "aggressive"] as const;

/** What the user chose; what is left out is as `defaultSettings` says, a risk profile unknown. */
export type Settings = {
  /** ISO 4217: what values are shown in. */
  readonly currency?: string;
  /** BCP 47. */
  readonly language?: string;
  /** IANA. */
  readonly timeZone?: string;
  readonly theme?: (typeof themes)[number];
  readonly riskProfile?: (typeof riskProfiles)[number];
};

export const defaultSettings = { currency: "USD", language: "en", timeZone: "UTC", theme: "system" } as const;

/** New choices; null takes one back. */
export type SettingsPatch = { readonly [Name in keyof Settings]?: Settings[Name] | null };

export type ChangeSettingsRefusal = "user-not-found" | "currency-unknown" | "language-malformed" | "time-zone-unknown";

/** Merges new choices into the settings. */
export function changeSettings(user: User, patch: SettingsPatch): Decision<UserEvent, ChangeSettingsRefusal> {
  if (user.status === "absent") return refuse("user-not-found");
  const { currency, language, timeZone } = patch;
  if (currency && !isCurrency(currency)) return refuse("currency-unknown");
  if (language && !isLanguage(language)) return refuse("language-malformed");
  if (timeZone && !isTimeZone(timeZone)) return refuse("time-zone-unknown");
  const settings = merged(user.settings, patch);
  if (sameSettings(settings, user.settings)) return accept();
  return accept<UserEvent>({ type: "SettingsChanged", settings });
}

const names = [
  "currency",
  "language",
  "timeZone",
  "theme",
  "riskProfile",
] as const satisfies readonly (keyof Settings)[];

function merged(settings: Settings, patch: SettingsPatch): Settings {
  const chosen = names.map((name) => [name, patch[name] === undefined ? settings[name] : patch[name]] as const);
  return Object.fromEntries(chosen.filter(([, value]) => value !== undefined && value !== null));
}

function sameSettings(a: Settings, b: Settings): boolean {
  return names.every((name) => a[name] === b[name]);
}

function isCurrency(code: string): boolean {
  return Intl.supportedValuesOf("currency").includes(code);
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

function isTimeZone(zone: string): boolean {
  // Offsets ("+01:00") are no zones: they know no summer.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
