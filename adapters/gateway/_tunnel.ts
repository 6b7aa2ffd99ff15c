import type { ServerWebSocket } from "bun";
import type { Dialled } from "./_dial.ts";
import { createFrameReader, FrameFault, frame, type Message, opcodes } from "./_frames.ts";
import type { Limits } from "./_limits.ts";

export type Tunnel = ReturnType<typeof createTunnel>;

export const mostMessage = 1024 * 1024;

/** What of a client's messages waits for a replica, at most. */
const mostUnsent = 1024 * 1024;
/** Above it the replica's socket is read no further, until the client has read. */
const enoughBuffered = 64 * 1024;
const goodbye = 1_000;

/** One WebSocket from a client to a replica: messages both ways, pings and their answers, and how either side ends it. */
export function createTunnel({ socket, head, protocol }: Dialled, { stall }: Pick<Limits, "stall">) {
  const read = createFrameReader(mostMessage);
  let client: ServerWebSocket<unknown> | undefined;
  let stalled: ReturnType<typeof setTimeout> | undefined;

  function close(code: number, reason: string): void {
    client?.close(code, reason);
  }

  function hear(bytes: Buffer): void {
    try {
      for (const message of read(bytes)) pass(message);
    } catch (error) {
      close(error instanceof FrameFault ? error.code : 1011, "bad-frame");
      socket.destroy();
    }
    if (client && client.getBufferedAmount() > enoughBuffered) wait();
  }

  function pass({ opcode, payload }: Message): void {
    if (opcode === opcodes.text) sent(payload, client?.sendText(payload.toString()));
    else if (opcode === opcodes.binary) sent(payload, client?.sendBinary(payload));
    else if (opcode === opcodes.ping) client?.ping(payload);
    else if (opcode === opcodes.close) {
      const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1000;
      close(code, payload.subarray(2).toString());
    }
  }

  /** 0 bytes: the message was dropped, or it is empty. */
  function sent({ length }: Buffer, bytes: number | undefined): void {
    if (bytes === 0 && length > 0) close(1013, "too-slow");
  }

  /** The replica waits as the client does; where it does so for long, the client goes. */
  function wait(): void {
    socket.pause();
    stalled ??= setTimeout(() => {
      close(1013, "too-slow");
      socket.destroy();
    }, stall);
  }

  function tell(opcode: number, payload: Uint8Array): void {
    if (socket.destroyed || socket.writableEnded) return;
    socket.write(frame(opcode, payload));
    if (socket.writableLength > mostUnsent) {
      close(1013, "too-slow");
      socket.destroy();
    }
  }

  socket.on("error", () => socket.destroy());

  return {
    protocol,
    close,
    abandon: () => socket.destroy(),

    opened(opened: ServerWebSocket<unknown>): void {
      client = opened;
      socket.on("data", hear);
      // Gone without a word.
      socket.once("close", () => close(1014, "bad-gateway"));
      if (head.length > 0) hear(head);
      if (!stalled) socket.resume();
    },

    said(message: string | Buffer): void {
      tell(typeof message === "string" ? opcodes.text : opcodes.binary, Buffer.from(message));
    },

    answered: (payload: Buffer): void => tell(opcodes.pong, payload),

    drained(): void {
      if (!stalled || (client?.getBufferedAmount() ?? 0) > enoughBuffered) return;
      clearTimeout(stalled);
      stalled = undefined;
      socket.resume();
    },

    closed(code: number, reason: string): void {
      client = undefined;
      clearTimeout(stalled);
      // 1005 and 1006 say that no code came: they are never sent.
      if (code === 1006) return void socket.destroy();
      const said =
        code === 1005 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
      tell(opcodes.close, said);
      socket.end();
      setTimeout(() => socket.destroy(), goodbye).unref();
    },
  };
}
