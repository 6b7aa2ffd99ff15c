import { randomBytes } from "node:crypto";

/** RFC 6455 §5.2. */
export const opcodes = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A whole message, or a control frame. */
export type Message = { readonly opcode: number; readonly payload: Buffer };

const final = 0x80;
const masked = 0x80;
const reserved = 0x70;
const mostControl = 125;
const shortestHead = 2;

/** What the other side sent breaks the protocol; `code` is what the connection closes with. */
export class FrameFault extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** A frame as a client sends it: whole and masked. */
export function frame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const extended = length > 0xffff ? 8 : length > mostControl ? 2 : 0;
  const framed = Buffer.allocUnsafe(6 + extended + length);
  framed[0] = final | opcode;
  framed[1] = masked | (extended === 8 ? 127 : extended === 2 ? 126 : length);
  if (extended === 2) framed.writeUInt16BE(length, 2);
  if (extended === 8) framed.writeBigUInt64BE(BigInt(length), 2);
  const mask = randomBytes(4);
  mask.copy(framed, 2 + extended);
  const start = 6 + extended;
  for (let at = 0; at < length; at++) framed[start + at] = (payload[at] ?? 0) ^ (mask[at & 3] ?? 0);
  return framed;
}

/** Reads what a server sends: give it the bytes as they come, it answers the messages that are whole. Throws a `FrameFault`. */
export function createFrameReader(mostMessage: number) {
  let parts: Buffer[] = [];
  let size = 0;
  /** As many bytes as the next frame is known to take. */
  let wanted = shortestHead;
  let begun: { readonly opcode: number; readonly parts: Buffer[]; size: number } | undefined;

  function* messages(bytes: Buffer): Generator<Message> {
    parts.push(bytes);
    size += bytes.length;
    if (size < wanted) return;
    let rest = parts.length === 1 ? bytes : Buffer.concat(parts);
    for (;;) {
      const read = readFrame(rest, mostMessage);
      if (typeof read === "number") {
        [parts, size, wanted] = [[rest], rest.length, read];
        return;
      }
      rest = rest.subarray(read.size);
      const message = read.opcode >= opcodes.close ? read : gathered(read);
      if (message) yield message;
    }
  }

  function gathered({ opcode, payload, last }: Frame): Message | undefined {
    if ((opcode === opcodes.more) !== (begun !== undefined)) throw new FrameFault(1002, "A fragment out of place");
    if (!begun && last) return { opcode, payload };
    begun ??= { opcode, parts: [], size: 0 };
    begun.parts.push(payload);
    begun.size += payload.length;
    if (begun.size > mostMessage) throw new FrameFault(1009, "A message too large");
    if (!last) return undefined;
    const whole = { opcode: begun.opcode, payload: Buffer.concat(begun.parts) };
    begun = undefined;
    return whole;
  }

  return messages;
}

type Frame = Message & { readonly last: boolean; readonly size: number };

/** The frame that the bytes begin with; or how many bytes it takes to know more. */
function readFrame(bytes: Buffer, mostMessage: number): Frame | number {
  if (bytes.length < shortestHead) return shortestHead;
  const [first = 0, second = 0] = bytes;
  const [opcode, last] = [first & 0x0f, (first & final) !== 0];
  if (!Object.values<number>(opcodes).includes(opcode)) throw new FrameFault(1002, "A frame of no known kind");
  if ((first & reserved) !== 0 || (second & masked) !== 0) throw new FrameFault(1002, "Bits that were not agreed on");
  const short = second & 0x7f;
  if (opcode >= opcodes.close && (short > mostControl || !last))
    throw new FrameFault(1002, "A control frame too large");
  const start = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < start) return start;
  const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  if (length > mostMessage) throw new FrameFault(1009, "A message too large");
  const size = start + length;
  return bytes.length < size ? size : { opcode, last, payload: bytes.subarray(start, size), size };
}
