import { expect, test } from "bun:test";
import { createDeeds } from "./deeds.ts";

const renamed = (label: string) => ({ name: "wallet/WalletRenamed", event: { type: "WalletRenamed", label } });

test("what was done is there once, what has no answer at most once, and nothing else", () => {
  const deeds = createDeeds();
  for (const tag of ["kept", "lost", "twice"]) deeds.note("wallet/WalletRenamed", tag, "done");
  for (const tag of ["happened", "never", "doubled"]) deeds.note("wallet/WalletRenamed", tag, "unknown");
  const found = ["kept", "twice", "twice", "happened", "doubled", "doubled", "strange"].map(renamed);
  expect(deeds.count(found)).toEqual({
    lost: ['wallet/WalletRenamed "lost"'],
    doubled: ['wallet/WalletRenamed "twice" 2 times', 'wallet/WalletRenamed "doubled" 2 times'],
    unasked: ['wallet/WalletRenamed "strange"'],
  });
});

test("who waits for a number of deeds goes on when they are done", async () => {
  const deeds = createDeeds();
  const reached = deeds.reached(2).then(() => "reached");
  deeds.note("wallet/WalletRenamed", "a", "done");
  deeds.note("wallet/WalletRenamed", "b", "unknown");
  expect(await Promise.race([reached, Bun.sleep(0).then(() => "waiting")])).toBe("waiting");
  deeds.note("wallet/WalletRenamed", "c", "done");
  expect(await reached).toBe("reached");
});
