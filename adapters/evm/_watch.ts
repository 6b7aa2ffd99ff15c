import type { Rpc } from "./_rpc.ts";
import { openSocket, type Socket } from "./_socket.ts";

/** In milliseconds: between questions while nothing is pushed; until a silent subscription is doubted. */
const betweenQuestions = 1_000;
const silence = 15_000;
const longestPause = 60_000;

/**
 * Tells of every new head: pushed by a node (`eth_subscribe`) where one can, asked for each second while none does. A
 * subscription that ends, or says nothing of a block that is there, is made anew with another node.
 */
export function watchHeads(urls: readonly string[], rpc: Rpc, tell: () => void): AsyncDisposable {
  let socket: Socket | undefined;
  let pushes = false;
  let heardAt = 0;
  let newest = -1;
  let failures = 0;
  let pausedUntil = 0;
  let asking = false;
  let stopped = false;

  function arrived(number: number): void {
    newest = number;
    if (!stopped) tell();
  }

  async function subscribe(): Promise<void> {
    const opened = openSocket(urls[failures % urls.length] ?? "", ({ params }) => {
      if (params?.result?.number === undefined) return;
      heardAt = Date.now();
      arrived(Number(params.result.number));
    });
    socket = opened;
    try {
      await opened.ask("eth_subscribe", ["newHeads"]);
      [pushes, failures, heardAt] = [true, 0, Date.now()];
      // What came before the subscription is not pushed.
      arrived(newest);
    } catch {
      failures++;
      pausedUntil = Date.now() + Math.min(betweenQuestions * 2 ** failures, longestPause);
      opened.close();
    }
    await opened.closed;
    [socket, pushes] = [undefined, false];
  }

  async function ask(): Promise<void> {
    asking = true;
    try {
      const number = Number(await rpc<string>("eth_blockNumber"));
      if (number === newest) return;
      if (pushes) socket?.close();
      arrived(number);
    } catch {
      // Whoever needs the chain finds out, and says so; here it is asked again.
    } finally {
      asking = false;
    }
  }

  function look(): void {
    const now = Date.now();
    if (!socket && now >= pausedUntil) subscribe();
    if (!asking && (!pushes || now - heardAt > silence)) ask();
  }

  look();
  const pulse = setInterval(look, betweenQuestions);
  return {
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearInterval(pulse);
      socket?.close();
      await socket?.closed;
    },
  };
}
