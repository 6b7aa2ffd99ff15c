import { withMongodb } from "../../bootstrap/servers/mod.ts";
import type { Instant } from "../../domains/shared/mod.ts";
import { testAggregateStore } from "../../ports/aggregate_store_contract.ts";
import { testJournal } from "../../ports/journal_contract.ts";
import { testParking } from "../../ports/parking_contract.ts";
import { testRecordStore } from "../../ports/record_store_contract.ts";
import { testWitnessStore } from "../../ports/witness_contract.ts";
import { freshDatabase } from "./_stand_test.ts";
import { createParking, createStores, createWitnessStore } from "./mod.ts";

const clock = () => "" as Instant;

await withMongodb((url) => {
  testAggregateStore("mongodb", async () => createStores(freshDatabase(url), clock).open);
  testRecordStore("mongodb", async () => createStores(freshDatabase(url), clock).records);
  testJournal("mongodb", async (time) => createStores(freshDatabase(url), time));
  testParking("mongodb", async () => createParking(freshDatabase(url)));
  testWitnessStore("mongodb", async () => createWitnessStore(freshDatabase(url)));
});
