import { type Address, addressOf } from "./_address.ts";
import { type Answer, answerIn, isPassing, resultOf } from "./_answers.ts";
import { isTrace, type Timing } from "./_timing.ts";

type Asked = {
  readonly method: string;
  readonly params: readonly unknown[];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
};

const largestBatch = 50;

/** JSON-RPC by HTTP over kept connections. What is asked at the same moment goes out as one batch, where the node takes batches. */
export function createHttp(url: string, timing: Timing) {
  const address: Address = addressOf(url);
  const ended = new AbortController();
  let waiting: Asked[] = [];
  let takesBatches = true;
  let count = 0;

  async function post(body: unknown, patience: number): Promise<unknown> {
    const { href, headers } = address;
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(patience)]);
    const answer = await fetch(href, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      redirect: "error",
      signal,
    });
    // Some say with a status what they say in the body too.
    if (!answer.ok && answer.status !== 400) throw new Error(`HTTP ${answer.status}`);
    return await answer.json();
  }

  function bodyOf({ method, params }: Asked) {
    return { jsonrpc: "2.0", id: ++count, method, params };
  }

  async function askOne(asked: Asked): Promise<void> {
    const { method, resolve, reject } = asked;
    try {
      resolve(
        resultOf(method, answerIn(await post(bodyOf(asked), isTrace(method) ? timing.trace : timing.answer)), address),
      );
    } catch (error) {
      reject(error);
    }
  }

  async function askTogether(batch: readonly Asked[]): Promise<void> {
    const bodies = batch.map(bodyOf);
    try {
      const answers = await post(bodies, timing.answer);
      if (!Array.isArray(answers)) return await askApart(batch, answerIn(answers));
      const byId = new Map(answers.map(answerIn).map((answer) => [answer.id, answer]));
      for (const [place, asked] of batch.entries()) settle(asked, byId.get(bodies[place]?.id) ?? {});
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  /** The node gave one answer for all: it does not take batches, or has had enough for now. */
  async function askApart(batch: readonly Asked[], answer: Answer): Promise<void> {
    if (answer.error && isPassing(answer.error)) {
      for (const asked of batch) settle(asked, answer);
      return;
    }
    takesBatches = false;
    await Promise.all(batch.map(askOne));
  }

  function settle({ method, resolve, reject }: Asked, answer: Answer): void {
    try {
      resolve(resultOf(method, answer, address));
    } catch (error) {
      reject(error);
    }
  }

  function send(): void {
    const all = waiting;
    waiting = [];
    const size = takesBatches ? largestBatch : 1;
    for (let place = 0; place < all.length; place += size) {
      const batch = all.slice(place, place + size);
      const [first] = batch;
      if (first && batch.length === 1) askOne(first);
      else askTogether(batch);
    }
  }

  return {
    ask(method: string, params: readonly unknown[]): Promise<unknown> {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const asked = { method, params, resolve, reject };
      // What takes long holds up nothing else.
      if (isTrace(method)) askOne(asked);
      else {
        if (waiting.length === 0) setImmediate(send);
        waiting.push(asked);
      }
      return promise;
    },
    close: () => ended.abort(new Error("The node's connections were closed")),
  };
}
