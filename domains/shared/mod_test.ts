import { expect, test } from "bun:test";
import * as shared from "./mod.ts";

test("the face of the shared words", () => {
  expect(Object.keys(shared).sort()).toEqual([
    "Unresolvable",
    "accept",
    "accountId",
    "addAmounts",
    "addDeltas",
    "amount",
    "compareAmounts",
    "delta",
    "isInstant",
    "isNegative",
    "isNetworkId",
    "later",
    "leastAmount",
    "lengthOf",
    "mayView",
    "negate",
    "operationsOf",
    "parseAccount",
    "parseAmount",
    "parseAsset",
    "refuse",
    "resolveValue",
    "sameJson",
    "secondsOf",
    "sizeOf",
    "standsOn",
    "subtractAmounts",
    "unixTime",
    "zero",
  ]);
});
