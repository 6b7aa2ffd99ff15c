import { expect, test } from "bun:test";
import * as evm from "./mod.ts";

test("the face of the EVM adapter", () => {
  expect(Object.keys(evm).sort()).toEqual([
    "canonicalEvmAccount",
    "createAbiCodec",
    "createEvmChain",
    "createReadContract",
    "verifyEvmSignature",
  ]);
});
