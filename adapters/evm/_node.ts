import { type Answer, addressOf, patience, resultOf } from "./_answers.ts";
import { openSocket, type Socket } from "./_socket.ts";

/** One node. `ask` throws `NodeRefused` where it says no, any other error where it does not answer, or not sensibly. */
export type Node = {
  /** Host and port: what may be told of its URL. */
  readonly name: string;
  ask(method: string, params: readonly unknown[]): Promise<unknown>;
  close(): void;
};

type Asked = {
  readonly method: string;
  readonly params: readonly unknown[];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
};

const largestBatch = 50;

/** A node by HTTP or WebSocket, whichever its URL names. */
export function createNode(url: string): Node {
  return addressOf(url).isSocket ? createSocketNode(url) : createHttpNode(url);
}

/** By HTTP over kept connections. What is asked at the same moment goes out as one batch, where the node takes batches. */
function createHttpNode(url: string): Node {
  const { href, headers, name } = addressOf(url);
  let waiting: Asked[] = [];
  let takesBatches = true;
  let count = 0;

  async function post(body: unknown): Promise<unknown> {
    const signal = AbortSignal.timeout(patience);
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
    try {
      asked.resolve(resultOf(asked.method, ((await post(bodyOf(asked))) ?? {}) as Answer));
    } catch (error) {
      asked.reject(error);
    }
  }

  async function askTogether(batch: readonly Asked[]): Promise<void> {
    const bodies = batch.map(bodyOf);
    const answers = await post(bodies).catch((error) => bodies.map(({ id }) => ({ id, failure: error })));
    if (!Array.isArray(answers)) {
      takesBatches = false;
      await Promise.all(batch.map(askOne));
      return;
    }
    const byId = new Map(answers.map((answer) => [answer?.id, answer]));
    for (const [place, { method, resolve, reject }] of batch.entries()) {
      const answer = byId.get(bodies[place]?.id) ?? {};
      try {
        if (answer.failure) throw answer.failure;
        resolve(resultOf(method, answer));
      } catch (error) {
        reject(error);
      }
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
    name,
    ask(method, params) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      if (waiting.length === 0) setImmediate(send);
      waiting.push({ method, params, resolve, reject });
      return promise;
    },
    close() {},
  };
}

/** By one WebSocket, opened when it is first needed and again after it closed. */
function createSocketNode(url: string): Node {
  let socket: Socket | undefined;

  function connected(): Socket {
    if (socket) return socket;
    const opened = openSocket(url);
    socket = opened;
    opened.closed.then(() => {
      if (socket === opened) socket = undefined;
    });
    return opened;
  }

  return {
    name: addressOf(url).name,
    ask: (method, params) => connected().ask(method, params),
    close: () => socket?.close(),
  };
}
