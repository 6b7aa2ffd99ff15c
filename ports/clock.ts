import type { Instant } from "../domains/shared/mod.ts";

export type Clock = () => Instant;

/** Makes an id that no one has had (UUIDv7, so that ids sort by age). */
export type NewId = () => string;

/** Makes the one id that these parts lead to, today and always (a UUIDv8 of their SHA-256). */
export type DeriveId = (...parts: readonly string[]) => string;
