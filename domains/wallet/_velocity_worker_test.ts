import { openDatabase } from "../../adapters/sqlite/mod.ts";
import { createFakeChain } from "./_chain_test.ts";
import { startPlatform } from "./_platform_test.ts";
import { asking } from "./_velocity_test.ts";

declare const self: Worker;

/** Another process of the service on the same store, as far as its memory goes. */
self.onmessage = async ({ data: { path, wallet, count } }: MessageEvent) => {
  const platform = startPlatform({ database: openDatabase(path), fake: createFakeChain() });
  await platform.sender[Symbol.asyncDispose]();
  self.postMessage(await asking(platform, wallet, "theirs", count));
};
