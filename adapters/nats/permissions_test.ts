import { expect, test } from "bun:test";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { startNats, withOwnNats } from "../../bootstrap/servers/mod.ts";
import { minute } from "../../ports/adapting.ts";
import { heard } from "../../ports/counting_contract.ts";
import { collector, event } from "../../ports/messaging_contract.ts";
import { NotPermitted } from "../../ports/mod.ts";
import { forbiddenOf, subscribed, violated } from "./_breaches_test.ts";
import { encode } from "./_messages.ts";
import { historyOf, openStand, silent, until } from "./_stand_test.ts";
import {
  type Access,
  createBroadcast,
  createCounter,
  createQuestions,
  keeper,
  keepStreams,
  serverConfig,
} from "./mod.ts";

const { openBus, openConnection, opened } = openStand();

const table: Readonly<Record<string, Access>> = {
  play: { publishes: ["play", "claim"], consumes: ["order"] },
  wallet: { publishes: ["wallet", "transfer"], consumes: ["order", "task"], counts: true },
  task: { publishes: ["order", "task"], consumes: ["play", "wallet"], asks: ["wallet.balances"], counts: true },
  portfolio: { publishes: ["ledger"], consumes: ["transfer", "order"] },
  notification: { publishes: [], consumes: [], live: true },
  gateway: { publishes: [], consumes: [], discovers: true },
  reader: { publishes: [], consumes: ["wallet", "order"], asks: ["wallet.balances"], answers: false, foreign: true },
};
const counting = ["wallet", "task"];
const kinds = Object.values(table).flatMap(({ publishes }) => publishes);
const passwordOf = (name: string) => `${name}-password`;

/** A server that knows the services of the table, and its streams. */
async function startGuarded() {
  const services = Object.entries(table).map(([name, access]) => [name, { ...access, password: passwordOf(name) }]);
  const config = serverConfig({ services: Object.fromEntries(services), keeper: { password: passwordOf(keeper) } });
  const { url } = opened.use(await startNats({ config }));
  const told: { message: string; details: Readonly<Record<string, unknown>> }[] = [];
  const log = (message: string, details: Readonly<Record<string, unknown>>) => void told.push({ message, details });
  const connectAs = (user: string, password = passwordOf(user)) =>
    openConnection(url, { name: user, credentials: { user, password }, log });

  /** A process of a service. */
  async function serve(name: string) {
    const connection = await connectAs(name);
    const recorded = kinds.map((kind) => ({ ...event(kind, "recorded", 1), at: new Date().toISOString() as never }));
    const own = { kinds: table[name]?.publishes ?? [], history: historyOf(recorded) };
    const bus = await openBus(url, { connection, own, log });
    const service = { name, version: "1.0.0", description: name };
    return { ...connection, bus, questions: opened.use(createQuestions({ connection, service, log })) };
  }

  const streams = await keepStreams({ connection: await connectAs(keeper), kinds, counting, log: silent });
  opened.use(streams);
  return { connectAs, serve, told };
}

await withOwnNats(() => {
  test("services do what the table says they do", async () => {
    const { serve } = await startGuarded();
    const [wallet, task, gateway] = [await serve("wallet"), await serve("task"), await serve("gateway")];
    const { ids, react, count } = collector();
    await using _ = task.bus.subscribe({ consumer: "task", kind: "wallet", react });
    await wallet.bus.publish([event("wallet", "w", 1), event("transfer", "t", 1)]);
    await count(2);
    expect(ids).toEqual(["wallet/recorded/1", "wallet/w/1"]);
    await using _answer = wallet.questions.answer("balances", async () => "none");
    await wallet.nats.flush();
    expect(await task.questions.ask("wallet.balances", {})).toBe("none");
    const found = await Promise.all(["gateway", "task", "wallet", "play"].map(gateway.questions.discover));
    expect(found.map((replicas) => replicas.map(({ name }) => name))).toEqual([["gateway"], ["task"], ["wallet"], []]);
    expect(await forbiddenOf(gateway.nats.request("$SRV.PING", ""))).toBe("$SRV.PING");
  });

  test("who is foreign reads and asks, from an account of its own", async () => {
    const { connectAs, serve } = await startGuarded();
    const [wallet, reader] = [await serve("wallet"), await connectAs("reader")];
    await wallet.bus.publish([event("wallet", "w", 1)]);
    const { consumers } = jetstream(reader.nats, { domain: "lucent" });
    const reading = await consumers.get("lucent-wallet", {});
    const ids = [(await reading.next())?.headers?.get("ce-id"), (await reading.next())?.headers?.get("ce-id")];
    expect(ids).toEqual(["wallet/recorded/1", "wallet/w/1"]);
    await using _answer = wallet.questions.answer("balances", async () => "none");
    await wallet.nats.flush();
    const ask = async (subject: string) => (await reader.nats.request(subject, "{}")).json();
    expect(await ask("lucent.query.wallet.v1.balances")).toBe("none");
    expect(await forbiddenOf(ask("lucent.query.wallet.v1.keys"))).toBe("lucent.query.wallet.v1.keys");
  });

  test("an answer that is asked for where streams are deleted, changed or written to arrives nowhere", async () => {
    const { connectAs, serve } = await startGuarded();
    const [wallet, task, reader, keeping] = [
      ...[await serve("wallet"), await serve("task"), await connectAs("reader"), await connectAs(keeper)],
    ] as const;
    await wallet.bus.publish([event("wallet", "w", 1)]);
    await using _answer = wallet.questions.answer("balances", async () => "none");
    await wallet.nats.flush();
    const { streams } = await jetstreamManager(keeping.nats, { checkAPI: false });
    const before = await streams.info("lucent-wallet");
    const { consumers } = await jetstreamManager(reader.nats, { domain: "lucent", checkAPI: false });
    await consumers.add("lucent-wallet", { name: "theirs", ack_policy: "none" });
    const places = [
      "$JS.API.STREAM.DELETE.lucent-wallet",
      "$JS.API.STREAM.PURGE.lucent-wallet",
      "lucent.wallet.v1.x.y",
    ];
    for (const reply of places) {
      for (const { nats } of [reader, task]) {
        nats.publish("lucent.query.wallet.v1.balances", "no JSON", { reply });
        nats.publish("lucent.query.wallet.v1.balances", "{}", { reply });
      }
      const pull = JSON.stringify({ batch: 1, no_wait: true });
      for (const asked of [pull, pull, "no JSON"]) {
        reader.nats.publish("$JS.lucent.API.CONSUMER.MSG.NEXT.lucent-wallet.theirs", asked, { reply });
      }
      await Promise.all([reader.nats.flush(), task.nats.flush()]);
    }
    // Each of them has been answered by then.
    expect(await task.questions.ask("wallet.balances", {})).toBe("none");
    const after = await streams.info("lucent-wallet");
    expect([after.created, after.state.last_seq]).toEqual([before.created, before.state.last_seq]);
  });

  test("replicas of a service count together", async () => {
    const { connectAs } = await startGuarded();
    async function counting() {
      const options = { connection: await connectAs("task"), service: "task", now: () => 30 * minute, log: silent };
      return opened.use(createCounter(options)).count;
    }
    const [one, other] = [await counting(), await counting()];
    one("user:ada");
    await heard(other, "user:ada", 1);
    other("user:grace");
    await heard(one, "user:grace", 1);
  });

  test("processes of a service that has news tell each other", async () => {
    const { connectAs } = await startGuarded();
    const [one, other] = [await connectAs("notification"), await connectAs("notification")];
    const heard: unknown[] = [];
    const open = (connection: typeof one) => createBroadcast({ connection, service: "notification", log: silent });
    await using _ = open(other).listen((news) => heard.push(news));
    await other.nats.flush();
    open(one).tell("it happened");
    await until(() => heard.length > 0);
    expect(heard).toEqual(["it happened"]);
  });

  test("a service that was taken over does nothing else", async () => {
    const { connectAs, serve, told } = await startGuarded();
    const [wallet, task] = [await serve("wallet"), await serve("task")];
    await wallet.bus.publish([event("wallet", "w", 1), event("transfer", "t", 1)]);
    const { nats, bus, questions } = task;
    const js = jetstream(nats);
    const { streams, consumers } = await jetstreamManager(nats, { checkAPI: false });
    const forged = encode("lucent", event("wallet", "w", 2));
    const copying = { src: ">", dest: "lucent.wallet.v1.>" };

    const breaches: Readonly<Record<string, [subject: string, attempt: () => Promise<unknown>]>> = {
      "publish another's event": [forged.subject, () => bus.publish([event("wallet", "w", 2)])],
      "publish it past the bus": [forged.subject, () => js.publish(forged.subject, forged.body, forged)],
      "publish it without asking for an answer": [
        forged.subject,
        () => violated(nats, () => nats.publish(forged.subject, forged.body, forged)),
      ],
      "count in another's place": [
        "$KV.lucent-counts-wallet.1.x.1",
        () => js.publish("$KV.lucent-counts-wallet.1.x.1", "{}"),
      ],
      "read what another counts": [
        "$JS.API.CONSUMER.CREATE.KV_lucent-counts-wallet.spy",
        () => consumers.add("KV_lucent-counts-wallet", { name: "spy" }),
      ],
      "purge its own counts": [
        "$JS.API.STREAM.PURGE.KV_lucent-counts-task",
        () => streams.purge("KV_lucent-counts-task"),
      ],
      "make a stream that copies into another": [
        "$JS.API.STREAM.CREATE.mine",
        () => streams.add({ name: "mine", subjects: ["lucent.order.v2.>"], republish: copying }),
      ],
      "make a stream that copies another": [
        "$JS.API.STREAM.CREATE.copy",
        () => streams.add({ name: "copy", sources: [{ name: "lucent-transfer" }] }),
      ],
      "let its own stream copy into another": [
        "$JS.API.STREAM.UPDATE.lucent-order",
        () =>
          violated(nats, () =>
            nats.publish("$JS.API.STREAM.UPDATE.lucent-order", JSON.stringify({ republish: copying })),
          ),
      ],
      "delete a stream": ["$JS.API.STREAM.DELETE.lucent-wallet", () => streams.delete("lucent-wallet")],
      "delete its own stream": ["$JS.API.STREAM.DELETE.lucent-order", () => streams.delete("lucent-order")],
      "purge a stream": ["$JS.API.STREAM.PURGE.lucent-wallet", () => streams.purge("lucent-wallet")],
      "delete a message": ["$JS.API.STREAM.MSG.DELETE.lucent-wallet", () => streams.deleteMessage("lucent-wallet", 1)],
      "read a message of what it does not consume": [
        "$JS.API.STREAM.MSG.GET.lucent-transfer",
        () => streams.getMessage("lucent-transfer", { seq: 1 }),
      ],
      "read what it does not consume": [
        "$JS.API.CONSUMER.CREATE.lucent-transfer.spy",
        () => consumers.add("lucent-transfer", { name: "spy" }),
      ],
      "subscribe to what it does not consume": ["lucent.transfer.v1.>", () => subscribed(nats, "lucent.transfer.v1.>")],
      "subscribe to everything": [">", () => subscribed(nats, ">")],
      "read everybody's answers": ["_INBOX.>", () => subscribed(nats, "_INBOX.>")],
      "read another's answers": ["_INBOX_portfolio.>", () => subscribed(nats, "_INBOX_portfolio.>")],
      "answer in another's place": ["lucent.query.wallet.v1.>", () => subscribed(nats, "lucent.query.wallet.v1.>")],
      "hear another's news": ["lucent.live.notification", () => subscribed(nats, "lucent.live.notification")],
      "tell news in another's place": [
        "lucent.live.notification",
        () => violated(nats, () => nats.publish("lucent.live.notification", "{}")),
      ],
      "ask what it need not know": ["lucent.query.wallet.v1.keys", () => questions.ask("wallet.keys", {})],
      "ask who is there": ["$SRV.PING.wallet", () => questions.discover("wallet")],
      "answer whom it was not asked by": [
        "_INBOX_portfolio.x",
        () => violated(nats, () => nats.publish("_INBOX_portfolio.x", "forged")),
      ],
    };
    for (const [breach, [subject, attempt]] of Object.entries(breaches)) {
      const refusal = await forbiddenOf(attempt());
      expect({ breach, refusal }).toEqual({ breach, refusal: subject });
    }
    await expect(bus.publish([event("wallet", "w", 2)])).rejects.toThrow(NotPermitted);
    await expect(questions.ask("wallet.keys", {})).rejects.toMatchObject({ name: "NotPermitted", retryable: false });
    await expect(connectAs("wallet", passwordOf("task"))).rejects.toThrow(NotPermitted);
    await expect(connectAs("stranger")).rejects.toThrow(NotPermitted);

    await using _ = bus.subscribe({ consumer: "task", kind: "transfer", react: async () => {} });
    await until(() => told.some(({ details: { error } }) => error instanceof NotPermitted));
    expect(told.find(({ details: { error } }) => error instanceof NotPermitted)?.details.error).toMatchObject({
      message:
        'Cannot find the stream of transfer: the account lacks the permission of publish to "$JS.API.STREAM.INFO.lucent-transfer"',
    });
    expect((await streams.info("lucent-wallet")).state.messages).toBe(2);
  });
});
