import { expect, test } from "bun:test";
import fc from "fast-check";
import { createFrameReader, FrameFault, frame, opcodes } from "./_frames.ts";

const bytes = (min: number, max: number) =>
  fc.uint8Array({ minLength: min, maxLength: max, size: "max" }).map((array) => Buffer.from(array));

/** As a server sends it: not masked. */
function plain(opcode: number, payload: Buffer, last = true): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length > 0xffff ? 10 : length > 125 ? 4 : 2);
  head[0] = (last ? 0x80 : 0) | opcode;
  head[1] = length > 0xffff ? 127 : length > 125 ? 126 : length;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

test("messages come out whole and in order, however their bytes are cut and whatever pings come between fragments", () => {
  const sequence = (part: fc.Arbitrary<Buffer>, cut: { min: number; max: number }) => {
    const opcode = fc.constantFrom(opcodes.text, opcodes.binary);
    const message = fc.record({ opcode, parts: fc.array(part, { minLength: 1, maxLength: 3 }), ping: fc.boolean() });
    return fc.record({ messages: fc.array(message, { maxLength: 5 }), cut: fc.integer(cut) });
  };
  const short = sequence(bytes(0, 130), { min: 1, max: 200 });
  const long = sequence(bytes(65_530, 65_540), { min: 5_000, max: 200_000 });
  fc.assert(
    fc.property(fc.oneof({ arbitrary: short, weight: 9 }, { arbitrary: long, weight: 1 }), ({ messages, cut }) => {
      const wanted: unknown[] = [];
      const wire = messages.flatMap(({ opcode, parts, ping }) => {
        const frames = parts.map((part, place) =>
          plain(place === 0 ? opcode : opcodes.more, part, place === parts.length - 1),
        );
        const between = ping ? [plain(opcodes.ping, Buffer.from("p"))] : [];
        if (ping) wanted.push([opcodes.ping, "p"]);
        wanted.push([opcode, Buffer.concat(parts).toString("latin1")]);
        return [...frames.slice(0, -1), ...between, ...frames.slice(-1)];
      });
      const whole = Buffer.concat(wire);
      const read = createFrameReader(1_000_000);
      const got: unknown[] = [];
      for (let at = 0; at < whole.length; at += cut) {
        for (const { opcode, payload } of read(whole.subarray(at, at + cut))) {
          got.push([opcode, payload.toString("latin1")]);
        }
      }
      expect(got).toEqual(wanted);
    }),
    { numRuns: 100 },
  );
});

test("what is sent is masked, and means the same unmasked", () => {
  for (const length of [0, 5, 125, 126, 65_535, 65_536]) {
    const payload = Buffer.alloc(length, 7);
    const sent = frame(opcodes.binary, payload);
    expect((sent[1] ?? 0) & 0x80).toBe(0x80);
    const at = sent.length - length;
    const mask = sent.subarray(at - 4, at);
    expect(sent.subarray(at).map((byte, place) => byte ^ (mask[place & 3] ?? 0))).toEqual(payload);
    expect(sent.length - 4).toBe(plain(opcodes.binary, payload).length);
  }
});

test("what breaks the protocol, or is too large, is a fault with its close code", () => {
  const faults: readonly (readonly [number, Buffer])[] = [
    [1002, frame(opcodes.text, Buffer.from("masked"))],
    [1002, plain(0x41, Buffer.from("reserved bit"))],
    [1002, plain(3, Buffer.from("unknown"))],
    [1002, plain(opcodes.more, Buffer.from("of nothing"))],
    [1002, Buffer.concat([plain(opcodes.text, Buffer.from("a"), false), plain(opcodes.text, Buffer.from("b"))])],
    [1002, plain(opcodes.ping, Buffer.alloc(126))],
    [1002, plain(opcodes.ping, Buffer.from("in parts"), false)],
    [1009, plain(opcodes.text, Buffer.alloc(1001))],
    [1009, plain(opcodes.text, Buffer.alloc(100_000)).subarray(0, 10)],
    [1009, Buffer.concat([plain(opcodes.text, Buffer.alloc(600), false), plain(opcodes.more, Buffer.alloc(600))])],
  ];
  for (const [code, sent] of faults) {
    let fault: unknown;
    try {
      for (const message of createFrameReader(1000)(sent)) expect(message).toBeUndefined();
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(FrameFault);
    expect((fault as FrameFault).code).toBe(code);
  }
});
