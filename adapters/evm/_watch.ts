import { quantity, recordOf, text, word } from "./_results.ts";
import type { Rpc } from "./_rpc.ts";
import { openSocket, type Socket } from "./_socket.ts";
import type { Timing } from "./_timing.ts";

type Options = {
  readonly urls: readonly string[];
  readonly chainId: bigint;
  readonly rpc: Rpc;
  readonly timing: Timing;
  /** Told of every new head. */
  readonly tell: () => void;
};

const header = recordOf({ hash: word });
const pushed = recordOf({ params: recordOf({ result: header }) });

/**
 * Tells of every new head: pushed by a node (`eth_subscribe`) where one can, asked for each second while none does. A
 * subscription that ends, or says nothing of a block that is there, is made anew, with the next node.
 */
export function watchHeads({ urls, chainId, rpc, timing, tell }: Options): AsyncDisposable {
  let socket: Socket | undefined;
  let subscribed = false;
  /** Whether the subscription tells of heads, as far as is known. */
  let pushes = false;
  let count = 0;
  /** When the newest block was last known to be the newest. */
  let knownAt = 0;
  /** When a block was found of which the subscription has said nothing; undefined where there is none. */
  let missedAt: number | undefined;
  let newest: string | undefined;
  let attempts = 0;
  let failures = 0;
  let pausedUntil = 0;
  let asking = false;
  let stopped = false;

  function found(hash: string): void {
    if (stopped || hash === newest) return;
    newest = hash;
    tell();
  }

  function heard(notification: unknown): void {
    let hash: string;
    try {
      ({ hash } = pushed(notification).params.result);
    } catch {
      return;
    }
    [pushes, failures, knownAt, missedAt] = [true, 0, Date.now(), undefined];
    count++;
    found(hash);
  }

  async function subscribe(url: string): Promise<void> {
    const opened = openSocket(url, timing, heard);
    socket = opened;
    try {
      const served = quantity(await opened.ask("eth_chainId", []));
      if (served !== chainId) throw new Error(`It serves chain ${served}`);
      text(await opened.ask("eth_subscribe", ["newHeads"]));
      subscribed = true;
    } catch {
      // Whoever needs the chain finds out, and says so; meanwhile heads are asked for.
      opened.close();
    }
    await opened.closed;
    failures++;
    pausedUntil = Date.now() + Math.min(timing.poll * 2 ** failures, timing.pause);
    [socket, subscribed, pushes, missedAt] = [undefined, false, false, undefined];
  }

  async function ask(): Promise<void> {
    asking = true;
    const before = count;
    try {
      const { hash } = await rpc(header, "eth_getBlockByNumber", "latest", false);
      // What was pushed meanwhile is newer.
      if (count > before) return;
      knownAt = Date.now();
      if (hash === newest) return;
      if (subscribed && newest !== undefined) [missedAt, pushes] = [missedAt ?? Date.now(), false];
      found(hash);
    } catch {
      // As above.
    } finally {
      asking = false;
    }
  }

  function look(): void {
    const now = Date.now();
    if (socket && missedAt !== undefined && now - missedAt > timing.grace) socket.close();
    const url = urls[attempts % urls.length];
    if (!socket && now >= pausedUntil && url !== undefined) {
      attempts++;
      subscribe(url);
    }
    if (!asking && (!pushes || now - knownAt > timing.silence)) ask();
  }

  look();
  const pulse = setInterval(look, timing.poll);
  return {
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearInterval(pulse);
      socket?.close();
    },
  };
}
