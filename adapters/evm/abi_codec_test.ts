import { expect, test } from "bun:test";
import { AbiCoder, FunctionFragment } from "ethers";
import fc from "fast-check";
import type { Leaf } from "../../domains/wallet/mod.ts";
import { createAbiCodec } from "./abi_codec.ts";

const { encode, decode, selector } = createAbiCodec();
const [alice, bob, carol] = [
  "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
  "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
];
const transfer = "function transfer(address to, uint256 amount) returns (bool)";
const nested =
  "function route(tuple(address router, tuple(address pool, uint24 fee)[] hops, bytes32[2] tags)[] paths, address[][] payees)";

/** An encoded call, its arguments given word by word. */
function callOf(fragment: string, ...words: readonly (bigint | string)[]): string {
  const hex = words.map((word) => (typeof word === "string" ? word : word.toString(16).padStart(64, "0")));
  return `${selector(fragment)}${hex.join("")}`;
}

function addressesIn(leaves: readonly Leaf[] | undefined): readonly string[] {
  return (leaves ?? []).filter(({ type }) => type === "address").map(({ value }) => value);
}

test("selector() gives the four bytes of a function, whatever else its fragment says", () => {
  expect(selector(transfer)).toBe("0xa9059cbb");
  expect(selector("function transfer(address, uint)")).toBe("0xa9059cbb");
  expect(selector("function approve(address spender, uint256 amount) external")).toBe("0x095ea7b3");
});

test.each([
  ...["", " ", "transfer(address,uint256)", "event Transfer(address to)", "error Bad()", "constructor()", "receive()"],
  ...["function", "function f", "function f(", "function f(adress a)", "function f(uint7 a)", "function f(bytes33 a)"],
  ...["function f(fixed a)", "function f(function a)", "function f() function g()", '{"type":"function","name":"f"}'],
])("%p is no function's fragment", (text) => {
  expect(selector(text)).toBe("malformed");
  expect(encode(text, [])).toBe("malformed");
  expect(decode(text, "0x26121ff0")).toBeUndefined();
});

test("encode() and decode() undo each other", () => {
  const data = encode(transfer, [alice, "40"]);
  expect(data).toBe(callOf(transfer, BigInt(alice ?? 0), 40n));
  expect(decode(transfer, data)).toEqual([
    { path: "to", type: "address", value: alice ?? "" },
    { path: "amount", type: "uint256", value: "40" },
  ]);
  expect(decode("function f()", encode("function f()", []))).toEqual([]);
});

test("every leaf of nested lists and tuples is given, with its place, type and value", () => {
  const tag = `0x${"ab".repeat(32)}`;
  const path = [
    alice,
    [
      [bob, "3000"],
      [carol, "500"],
    ],
    [tag, tag],
  ];
  const leaves = decode(nested, encode(nested, [[path], [[], [alice, bob]]]));
  expect(leaves?.map(({ path, type, value }) => `${path} ${type} ${value}`)).toEqual([
    ...[`paths.0.router address ${alice}`],
    ...[`paths.0.hops.0.pool address ${bob}`, "paths.0.hops.0.fee uint24 3000"],
    ...[`paths.0.hops.1.pool address ${carol}`, "paths.0.hops.1.fee uint24 500"],
    ...[`paths.0.tags.0 bytes32 ${tag}`, `paths.0.tags.1 bytes32 ${tag}`],
    ...[`payees.1.0 address ${alice}`, `payees.1.1 address ${bob}`],
  ]);
});

test("arguments without names have their place for a path", () => {
  const leaves = decode(
    "function f(address, tuple(uint8, bool))",
    encode("function f(address, tuple(uint8, bool))", [alice, ["7", true]]),
  );
  expect(leaves?.map(({ path, value }) => `${path} ${value}`)).toEqual([`0 ${alice}`, "1.0 7", "1.1 true"]);
});

const address = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map(
    (bytes) => AbiCoder.defaultAbiCoder().decode(["address"], Buffer.concat([Buffer.alloc(12), bytes]))[0] as string,
  );
/** A type, and values of it with the addresses that they hold, in order. */
type Sample = { readonly type: string; readonly value: unknown; readonly addresses: readonly string[] };
const { sample } = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof(
    { maxDepth: 4 },
    address.map((value): Sample => ({ type: "address", value, addresses: [value] })),
    fc
      .bigInt({ min: 0n, max: 2n ** 256n - 1n })
      .map((value): Sample => ({ type: "uint256", value: `${value}`, addresses: [] })),
    fc.boolean().map((value): Sample => ({ type: "bool", value, addresses: [] })),
    fc
      .uint8Array({ maxLength: 70 })
      .map((bytes): Sample => ({ type: "bytes", value: `0x${Buffer.from(bytes).toString("hex")}`, addresses: [] })),
    fc.array(tie("sample"), { minLength: 1, maxLength: 3 }).map(
      (parts): Sample => ({
        type: `tuple(${parts.map(({ type }) => type).join(", ")})`,
        value: parts.map(({ value }) => value),
        addresses: parts.flatMap(({ addresses }) => addresses),
      }),
    ),
    fc.tuple(tie("sample"), fc.integer({ min: 0, max: 3 }), fc.boolean()).map(
      ([{ type, value, addresses }, length, isFixed]): Sample => ({
        type: `${type}[${isFixed ? Math.max(length, 1) : ""}]`,
        value: Array.from({ length: isFixed ? Math.max(length, 1) : length }, () => value),
        addresses: Array.from({ length: isFixed ? Math.max(length, 1) : length }, () => addresses).flat(),
      }),
    ),
  ),
}));

test("decode() gives every address of whatever is encoded, and takes no other bytes for it", () => {
  fc.assert(
    fc.property(
      fc.array(sample, { minLength: 1, maxLength: 3 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (samples, at, change) => {
        const fragment = `function f(${samples.map(({ type }) => type).join(", ")})`;
        const data = encode(
          fragment,
          samples.map(({ value }) => value),
        );
        expect(addressesIn(decode(fragment, data))).toEqual(samples.flatMap(({ addresses }) => addresses));
        expect(decode(fragment, `${data}00`)).toBeUndefined();
        expect(decode(fragment, `${data}${"00".repeat(32)}`)).toBeUndefined();
        expect(decode(fragment, data.slice(0, -2))).toBeUndefined();
        const bytes = Buffer.from(data.slice(2), "hex");
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ change;
        const leaves = decode(fragment, `0x${bytes.toString("hex")}`);
        // What is taken is the one encoding of what is said: another value, never the same one in another form.
        if (leaves) expect(leaves).not.toEqual(decode(fragment, data) ?? []);
      },
    ),
  );
});

const list = "function f(address[] to, uint256 amount)";
test.each([
  ["no data", "0x", transfer],
  ["only a selector", "0xa9059cbb", transfer],
  ["another selector", callOf("function approve(address a, uint256 b)", 1n, 40n), transfer],
  ["no hex", "0xzz", transfer],
  ["half a byte", `${callOf(transfer, 1n, 40n)}0`, transfer],
  ["a word too many", callOf(transfer, 1n, 40n, 0n), transfer],
  ["an address with more before it", callOf(transfer, (7n << 160n) + 1n, 40n), transfer],
  ["a truth that is 2", callOf("function f(bool a)", 2n), "function f(bool a)"],
  ["a small number that is large", callOf("function f(uint8 a)", 256n), "function f(uint8 a)"],
  ["short bytes with more behind", callOf("function f(bytes4 a)", 1n), "function f(bytes4 a)"],
  ["a gap before a list", callOf(list, 96n, 5n, 0n, 1n, 9n), list],
  ["a list that lies over its own head", callOf(list, 0n, 5n), list],
  ["a list longer than the data", callOf(list, 64n, 5n, 2n ** 255n), list],
  ["a list at an offset that goes round", callOf(list, 2n ** 256n - 32n, 5n), list],
  [
    "bytes padded with more than zeros",
    callOf("function f(bytes a)", 32n, 1n, `${"ab"}${"01".padEnd(62, "0")}`),
    "function f(bytes a)",
  ],
  ["text that is no UTF-8", callOf("function f(string a)", 32n, 1n, "ff".padEnd(64, "0")), "function f(string a)"],
])("decode() takes no call with %s", (_, data, fragment) => {
  expect(decode(fragment, data)).toBeUndefined();
});

test("decode() takes hex in capitals for what it is", () => {
  const data = encode(transfer, [alice, "171"]);
  expect(decode(transfer, `0x${data.slice(2).toUpperCase()}`)).toEqual(decode(transfer, data) ?? []);
});

test("decode() comes to an end with lists that all point at one another", () => {
  const fragment = "function f(uint256[][][][][][][] a)";
  const words = Array.from({ length: 12 }, (_, place) => (place % 2 === 0 ? 32n : 10n));
  expect(decode(fragment, callOf(fragment, ...words, ...Array.from({ length: 100 }, () => 32n)))).toBeUndefined();
});

test.each([
  ["too few arguments", transfer, [alice]],
  ["too many", transfer, [alice, "1", "2"]],
  ["an address with a wrong checksum", transfer, [alice?.replace("C8", "c8"), "1"]],
  ["an address without 0x", transfer, [alice?.slice(2), "1"]],
  ["an ICAP address", transfer, ["XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS", "1"]],
  ["an address that is a name", transfer, ["vitalik.eth", "1"]],
  ["an address that is a number", transfer, [7, "1"]],
  ...["", "-", " ", "\n", " 1", "1 ", "+1", "01", "-0", "0x10", "0b1", "1e3", "1.0", "one", "-1", `${2n ** 256n}`].map(
    (amount) => [`the number ${JSON.stringify(amount)}`, transfer, [alice, amount]] as const,
  ),
  ...[null, true, [], ["1"], {}, 1.5, -1, 2 ** 53, Number.NaN, undefined].map(
    (amount) => [`the number ${Bun.inspect(amount)}`, transfer, [alice, amount]] as const,
  ),
  ["a number too large for its type", "function f(uint8 a)", ["256"]],
  ["a number too small for its type", "function f(int8 a)", ["-129"]],
  ["a truth in words", "function f(bool a)", ["false"]],
  ["a truth in numbers", "function f(bool a)", [0]],
  ["bytes that are no hex", "function f(bytes a)", ["0xzz"]],
  ["half a byte", "function f(bytes a)", ["0x1"]],
  ["bytes as a list", "function f(bytes a)", [[1, 2]]],
  ["bytes of another length", "function f(bytes4 a)", ["0x0102"]],
  ["text that is a number", "function f(string a)", [7]],
  ["text that is no Unicode", "function f(string a)", ["\ud800"]],
  ["a list of another length", "function f(uint256[2] a)", [["1"]]],
  ["a list that is none", "function f(uint256[] a)", ["1"]],
  ["a tuple that is too long", "function f(tuple(uint256 a) a)", [["1", "2"]]],
  ["a tuple that is too short", "function f(tuple(uint256 a, bool b) a)", [["1"]]],
  ["a tuple by names", "function f(tuple(uint256 a) a)", [{ a: "1" }]],
  ["a wrong leaf deep within", "function f(tuple(bool[] a)[] a)", [[[[true, "false"]]]]],
])("encode() does not take %s", (_, fragment, args) => {
  expect(encode(fragment, args)).toBe("malformed");
});

test("encode() takes whole numbers of either sign, as text or as a safe number", () => {
  const fragment = "function f(int256 a)";
  expect(encode(fragment, ["-1"])).toBe(callOf(fragment, 2n ** 256n - 1n));
  expect(encode(fragment, [-1])).toBe(callOf(fragment, 2n ** 256n - 1n));
  expect(encode(transfer, [alice, `${2n ** 256n - 1n}`])).toBe(callOf(transfer, BigInt(alice ?? 0), 2n ** 256n - 1n));
});

test("more fragments than are remembered are read as well", () => {
  const codec = createAbiCodec();
  for (let place = 0; place < 2_100; place++) codec.selector(`function f${place}()`);
  expect(codec.selector("function f7()")).toBe(FunctionFragment.from("function f7()").selector);
});
