import { expect, test } from "bun:test";
import { orderFaults } from "./order.ts";

const heard = (revision: number, key?: string) => ({
  ...{ id: `order/o1/${revision}`, kind: "order", aggregate: "o1", ...(key !== undefined && { key }) },
});

test("events that were heard of in another order than they happened in are told", () => {
  const inOrder = [heard(3, "task/t1/2#b"), heard(1), heard(2, "task/t1/2#a"), heard(4, "claim/o1/1")];
  expect(orderFaults(inOrder)).toEqual([]);
  expect(orderFaults([...inOrder, heard(5, "task/t1/1")])).toEqual(["Out of order: order/o1 of task/t1 heard 2, 2, 1"]);
});
