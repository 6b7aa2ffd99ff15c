import { testCount } from "../../ports/counting_contract.ts";
import { createCounter } from "./mod.ts";

testCount("in memory", async (now) => {
  const count = createCounter({ now });
  return { one: count, other: count };
});
