import { expect, test } from "bun:test";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installed } from "../../bootstrap/servers/mod.ts";
import type { Envelope } from "../../ports/mod.ts";
import { event } from "../../ports/messaging_contract.ts";
import { effects, historyOf, newPlaces, openBus, startBroker, until } from "./_stand_test.ts";
