import { expect, test } from "bun:test";
import { headers } from "@nats-io/transport-node";
import { withNats } from "../../bootstrap/servers/mod.ts";
import { type Fault, NotYetKnown, SealBroken } from "../../ports/mod.ts";
import { openStand, silent } from "./_stand_test.ts";
import { createQuestions } from "./mod.ts";

const { openConnection, opened } = openStand();

await withNats((url) => {
  /** A process of a service of its own platform. */
  async function process(name: string, root = `test-${Bun.randomUUIDv7()}`) {
    const connection = await openConnection(url);
    const service = { name, version: "1.2.3", description: `The ${name} service` };
    const questions = opened.use(createQuestions({ connection, service, root, log: silent }));
    const { ask, answer, discover } = questions;
    questions.announce({ http: "http://here" });
    /** Resolves once the server knows that it is answered. */
    async function answering(...args: Parameters<typeof answer>): Promise<AsyncDisposable> {
      const handle = answer(...args);
      await connection.nats.flush();
      return handle;
    }
    return { root, connection, ask, answer: answering, discover };
  }

  test("a service answers what another one asks, and is told for what it belongs to", async () => {
    const { root, answer } = await process("wallet");
    const { ask } = await process("portfolio", root);
    await using _ = await answer("balances", async (about, { correlation, signal }) => ({
      about,
      correlation,
      signal: signal.aborted,
    }));
    const asked = await ask("wallet.balances", { wallet: "w1" }, { correlation: "c1" });
    expect(asked).toEqual({ about: { wallet: "w1" }, correlation: "c1", signal: false });
    await using _audit = await answer("audit.verify", async () => {});
    expect(await ask("wallet.audit.verify", undefined)).toBeNull();
  });

  test("a question that nobody answers, or not in time, may be asked again", async () => {
    const { root, answer } = await process("wallet");
    const { ask } = await process("portfolio", root);
    await expect(ask("wallet.get", {})).rejects.toMatchObject({ name: "ServiceUnreachable", retryable: true });
    const { promise: late, resolve: aborted } = Promise.withResolvers<void>();
    await using _ = await answer("get", async (_about, { signal }) => {
      signal.addEventListener("abort", () => aborted());
      await late;
    });
    const start = performance.now();
    const asking = ask("wallet.get", {}, { within: 100 });
    await expect(asking).rejects.toThrow("Cannot ask wallet.get: timeout");
    expect(performance.now() - start).toBeLessThan(1_000);
    await late;
  });

  test("whatever is said of how long an answer is waited for, it is given", async () => {
    const { root, answer, connection } = await process("wallet");
    await using _ = await answer("get", async () => "given");
    for (const within of ["-1", "1e400", "0", "0.5", "soon", ""]) {
      const told = headers();
      told.set("Lucent-Within", within);
      const reply = await connection.nats.request(`${root}.query.wallet.v1.get`, "{}", {
        timeout: 2_000,
        headers: told,
      });
      expect([within, reply.json<unknown>()]).toEqual([within, "given"]);
    }
  });

  test("faults of the asked service are told as what they are; its mistakes tell nothing of it", async () => {
    const { root, answer } = await process("wallet");
    const { ask } = await process("portfolio", root);
    const faults = [
      new NotYetKnown("The wallet is\r\nnot known yet"),
      new SealBroken("The seal is broken"),
      new Error("secret"),
    ];
    await using _ = await answer("get", async (about) => {
      throw faults[about as number];
    });
    const told = await Promise.all([0, 1, 2].map((which) => ask("wallet.get", which).catch((error: Fault) => error)));
    expect((told as Fault[]).map(({ name, message, retryable }) => ({ name, message, retryable }))).toEqual([
      { name: "ServiceUnreachable", message: "Cannot ask wallet.get: The wallet is not known yet", retryable: true },
      { name: "QuestionFailed", message: "Cannot ask wallet.get: The seal is broken", retryable: false },
      { name: "QuestionFailed", message: "Cannot ask wallet.get: It failed by a mistake of its own", retryable: false },
    ]);
    const raw = await (await process("raw", root)).connection.nats.request(`${root}.query.wallet.v1.get`, "no json");
    expect(raw.headers?.get("Nats-Service-Error")).toBe("The question is no JSON");
    expect(await ask("wallet.get", 3).catch((error) => error.name)).toBe("QuestionFailed");
  });

  test("an answer that is too large is a fault of the answer", async () => {
    const { root, answer } = await process("wallet");
    const { ask } = await process("portfolio", root);
    await using _ = await answer("get", async () => "x".repeat(2_000_000));
    await expect(ask("wallet.get", {})).rejects.toMatchObject({ name: "QuestionFailed" });
  });

  test("replicas share the questions, and one that goes finishes what it was asked", async () => {
    const one = await process("wallet");
    const other = await process("wallet", one.root);
    const { ask } = await process("portfolio", one.root);
    const counts = { one: 0, other: 0 };
    const gate = Promise.withResolvers<void>();
    const first = await one.answer("get", async () => {
      counts.one++;
      await gate.promise;
      return "one";
    });
    await using _ = await other.answer("get", async () => {
      counts.other++;
      await gate.promise;
      return "other";
    });
    const asking = Array.from({ length: 40 }, () => ask("wallet.get", {}));
    while (counts.one + counts.other < 40) await Bun.sleep(1);
    expect(Math.min(counts.one, counts.other)).toBeGreaterThan(0);
    let left = false;
    const leaving = first[Symbol.asyncDispose]().then(() => {
      left = true;
    });
    await Bun.sleep(50);
    expect(left).toBe(false);
    gate.resolve();
    expect((await Promise.all(asking)).filter((answer) => answer === "one")).toHaveLength(counts.one);
    await leaving;
    expect(await ask("wallet.get", {})).toBe("other");
  });

  test("a service with too much to answer says so at once", async () => {
    const { root, answer } = await process("wallet");
    const { ask } = await process("portfolio", root);
    const gate = Promise.withResolvers<void>();
    await using _ = await answer("get", () => gate.promise);
    const asking = Array.from({ length: 300 }, () => ask("wallet.get", {}, { within: 20_000 }).catch((error) => error));
    expect(await Promise.race(asking)).toMatchObject({ name: "ServiceUnreachable", retryable: true });
    gate.resolve();
    const busy = (await Promise.all(asking)).filter((answer) => answer !== null);
    expect(busy.length).toBe(300 - 256);
  });

  test("services are found, described and counted by the NATS services framework", async () => {
    const name = `wallet-${Bun.randomUUIDv7()}`;
    const { root, connection, answer, ask, discover } = await process(name);
    await process(name, root);
    await using _ = await answer("audit.verify", async (good) => {
      if (!good) throw new NotYetKnown("Not yet");
      await Bun.sleep(5);
    });
    for (const good of [true, true, false]) await ask(`${name}.audit.verify`, good).catch(() => {});
    const found = await discover(name);
    expect(found).toHaveLength(2);
    const everybody = await connection.nats.requestMany("$SRV.PING", "", { strategy: "stall", maxWait: 1_000 });
    const named = await Array.fromAsync(everybody, (reply) => reply.json<{ readonly name: string }>().name);
    expect(named.filter((each) => each === name)).toHaveLength(2);
    expect(await discover(`${name}-none`)).toEqual([]);
    const identity = { name, id: expect.any(String), version: "1.2.3", metadata: { http: "http://here" } };
    expect(found[0]).toEqual({ type: "io.nats.micro.v1.ping_response", ...identity } as never);

    const subject = `${root}.query.${name}.v1.audit.verify`;
    const told = async (verb: string, id: string) =>
      (await connection.nats.request(`$SRV.${verb}.${name}.${id}`)).json<{
        endpoints: readonly { num_requests?: number }[];
      }>();
    const infos = await Promise.all(found.map(({ id }) => told("INFO", id)));
    const [info] = infos.filter(({ endpoints }) => endpoints.length > 0);
    expect(info).toEqual({
      ...{ type: "io.nats.micro.v1.info_response", ...identity, description: `The ${name} service` },
      endpoints: [{ name: "audit-verify", subject, queue_group: "q", metadata: {} }] as never,
    });
    const stats = (await Promise.all(found.map(({ id }) => told("STATS", id)))).flatMap(({ endpoints }) => endpoints);
    expect(stats).toEqual([
      {
        ...{ name: "audit-verify", subject, queue_group: "q", num_requests: 3, num_errors: 1, last_error: "Not yet" },
        processing_time: expect.any(Number),
        average_processing_time: expect.any(Number),
      } as never,
    ]);
    const [{ processing_time: spent = 0 } = {}] = stats as { processing_time?: number }[];
    expect(spent).toBeGreaterThan(9e6);
  });
});
