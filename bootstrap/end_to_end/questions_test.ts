import { afterAll, beforeAll, expect, test } from "bun:test";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { createSchemas } from "../../adapters/ajv/mod.ts";
import { forbiddenOf, subscribed, violated } from "../../adapters/nats/_breaches_test.ts";
import { NotPermitted, type Page, QuestionFailed, type SignedRoot } from "../../ports/mod.ts";
import { call } from "../client.ts";
import { place } from "../demo/investing.ts";
import { until } from "../demo/until.ts";
import { developmentSigner } from "../development/accounts.ts";
import { type AccountName, accounts, allKinds, witnessedBy } from "../distributed/accounts.ts";
import { prefixes } from "../distributed/prefixes.ts";
import { questions } from "../distributed/questions.ts";
import { withOwnNats } from "../servers/mod.ts";
import { type ServiceName, serviceNames } from "../service_names.ts";
import { startAccounts } from "./_accounts_test.ts";

let stand: Awaited<ReturnType<typeof startAccounts>>;
let order: string;
let play: string;

/** Under which a reader finds the streams. */
const domain = "lucent";
const names = Object.keys(questions);
const nobody = "019aaf3e-8a52-7cc2-9d14-ffffffffffff";
const mayAsk = (account: AccountName) => new Set(account === "keeper" ? [] : accounts[account].asks);
const askers = Object.keys(accounts) as Exclude<AccountName, "keeper">[];

/** Asks as the first account that may. */
async function ask(question: string, about: unknown): Promise<unknown> {
  const account = askers.find((each) => mayAsk(each).has(question));
  if (!account) throw new Error(`Nobody may ask ${question}`);
  return (await stand.as(account)).questions.ask(question, about, { within: 20_000 });
}

/** A step-up of the admin's. */
async function stepUp(): Promise<object> {
  const { url, team } = stand.stage;
  const { account, sign } = developmentSigner("admin");
  const about = { action: "play.approve", digest: "5c".repeat(32) };
  const { body } = await call<{ message: string }>(url, "POST", "/v1/auth/nonces", { body: { account, ...about } });
  const signed = { account, message: body.message, signature: await sign(body.message) };
  const { stepUp: token } = await team.admin.post<{ stepUp: string }>("/v1/auth/step-ups", signed);
  return { token, user: team.admin.user, ...about };
}

/** What a question is asked about: something that is there. */
async function aboutOf(question: string): Promise<unknown> {
  const { team } = stand.stage;
  const { client, wallet } = stand.investor;
  const [service = "", ...name] = question.split(".");
  const witnessed = { service: witnessedBy(service as ServiceName) };
  switch (question) {
    case "user.get":
    case "portfolio.get":
      return { id: client.user };
    case "user.access": {
      const { items } = await team.admin.get<Page<{ id: string; current: boolean }>>("/v1/auth/sessions");
      return { user: team.admin.user, session: items.find(({ current }) => current)?.id };
    }
    case "user.use-step-up":
      return stepUp();
    case "play.get":
      return { id: play };
    case "wallet.get":
    case "wallet.balances":
      return { id: wallet };
    case "task.order.get":
      return { id: order };
  }
  if (name[0] === "history" || name[0] === "journal") return { limit: 2 };
  if (name[0] !== "witness") return {};
  if (name[1] === "latest") return witnessed;
  if (name[1] === "read") return { ...witnessed, limit: 2 };
  const kept = (await ask(`${service}.witness.read`, { ...witnessed, limit: 1 })) as Page<object>;
  return kept.items[0];
}

await withOwnNats(() => {
  beforeAll(async () => {
    stand = await startAccounts();
    const { client } = stand.investor;
    const { items } = await client.get<Page<{ id: string; minimum: string }>>("/v1/plays");
    const [{ id = "", minimum } = { minimum: "" }] = items;
    play = id;
    order = (await place(stand.investor, play, { action: "enter", amount: minimum })).id;
    for (const question of names.filter((name) => name.endsWith(".witness.latest"))) {
      const about = await aboutOf(question);
      // What the notification service tells is in its own records: it has no journal, and so no roots.
      if (question === "user.witness.latest") continue;
      await until(
        question,
        () => ask(question, about),
        (root) => (root as SignedRoot | null) !== null,
        20_000,
      );
    }
  }, 120_000);
  afterAll(() => stand[Symbol.asyncDispose]());

  test("every question is answered by what its schema says, and none by null", async () => {
    const schemas = createSchemas();
    const faulty: unknown[] = [];
    for (const question of names) {
      const about = await aboutOf(question);
      if (about === undefined) continue;
      const reply = await ask(question, about);
      const faults = schemas.faultsOf(questions[question]?.reply ?? {}, reply);
      if (reply === null || faults.length > 0) faulty.push({ question, reply, faults });
    }
    expect(faulty).toEqual([{ question: "user.witness.latest", reply: null, faults: [] }]);
  }, 60_000);

  test("the gateway knows the beginnings of every service's paths", async () => {
    for (const service of serviceNames) {
      const { paths } = (await ask(`${service}.openapi`, {})) as { paths: Readonly<Record<string, object>> };
      const all = Object.keys(paths).map((path) => path.replace("{service}", service));
      const own = all.filter((path) => !/^\/(health|metrics|docs)/.test(path));
      const strange = own.filter((path) => !prefixes[service].some((prefix) => `${path}/`.startsWith(`${prefix}/`)));
      const idle = prefixes[service].filter((prefix) => !own.some((path) => `${path}/`.startsWith(`${prefix}/`)));
      expect({ service, strange, idle }).toEqual({ service, strange: [], idle: [] });
    }
  });

  test("a question of another form is refused, with what is wrong", async () => {
    for (const question of names) {
      for (const wrong of [null, [], "text", 1, { nonsense: { $gt: "" } }]) {
        await expect(ask(question, wrong)).rejects.toThrow(QuestionFailed);
      }
    }
    await expect(ask("wallet.balances", {})).rejects.toThrow("Cannot ask wallet.balances: The request: id is missing");
    await expect(ask("wallet.balances", { id: { $ne: "" } })).rejects.toThrow("/id: must be string");
  }, 60_000);

  test("what is not there is null", async () => {
    for (const question of names.filter((name) => /\.(get|balances)$/.test(name))) {
      expect({ question, reply: await ask(question, { id: nobody }) }).toEqual({ question, reply: null });
    }
  });

  test("an account asks what it may, and nothing else", async () => {
    for (const account of askers) {
      const { questions } = await stand.as(account);
      const foreign = names.filter((question) => !mayAsk(account).has(question));
      const outcomes = foreign.map((question) => questions.ask(question, {}).catch((error) => error));
      expect((await Promise.all(outcomes)).filter((error) => !(error instanceof NotPermitted))).toEqual([]);
      expect(foreign.length).toBeGreaterThan(0);
    }
  }, 60_000);

  test("other systems read the events of every kind", async () => {
    const { nats } = await stand.as("reader");
    const [js, { streams }] = [jetstream(nats, { domain }), await jetstreamManager(nats, { domain, checkAPI: false })];
    const read: string[] = [];
    for (const kind of allKinds) {
      const stream = `lucent-${kind}`;
      const consumer = await js.consumers.get(stream);
      if ((await streams.info(stream)).state.messages === 0) continue;
      const message = await consumer.next({ expires: 5_000 });
      expect(message?.headers?.get("ce-source")).toBe(`/lucent/${kind}`);
      read.push(kind);
    }
    expect(read).toEqual(expect.arrayContaining(["user", "wallet", "play_version", "order", "investor"]));
  }, 60_000);

  test("other systems publish, answer and change nothing", async () => {
    const { nats, questions } = await stand.as("reader");
    const js = jetstream(nats, { domain });
    const { streams } = await jetstreamManager(nats, { domain, checkAPI: false });
    const api =
      (operation: string, body = "{}") =>
      () =>
        nats.request(`$JS.lucent.API.${operation}`, body);
    const breaches: Readonly<Record<string, () => Promise<unknown>>> = {
      ...Object.fromEntries(
        allKinds.map((kind) => [`lucent.${kind}.v1.x.y`, () => js.publish(`lucent.${kind}.v1.x.y`)]),
      ),
      "lucent.order.v1.a.b": () => violated(nats, () => nats.publish("lucent.order.v1.a.b", "{}")),
      "$JS.lucent.API.STREAM.CREATE.mine": () => streams.add({ name: "mine", subjects: ["mine.>"] }),
      "$JS.lucent.API.STREAM.UPDATE.lucent-order": api("STREAM.UPDATE.lucent-order"),
      "$JS.lucent.API.STREAM.DELETE.lucent-order": () => streams.delete("lucent-order"),
      "$JS.lucent.API.STREAM.PURGE.lucent-order": () => streams.purge("lucent-order"),
      "$JS.lucent.API.STREAM.MSG.DELETE.lucent-order": () => streams.deleteMessage("lucent-order", 1),
      "lucent.query.wallet.v1.>": () => subscribed(nats, "lucent.query.wallet.v1.>"),
      "lucent.query.reader.v1.>": () => subscribed(nats, "lucent.query.reader.v1.>"),
      "$SRV.>": () => subscribed(nats, "$SRV.>"),
      "$SRV.PING.wallet": () => questions.discover("wallet"),
      ">": () => subscribed(nats, ">"),
      "_INBOX.>": () => subscribed(nats, "_INBOX.>"),
      "_INBOX_wallet.>": () => subscribed(nats, "_INBOX_wallet.>"),
    };
    for (const [subject, attempt] of Object.entries(breaches)) expect(await forbiddenOf(attempt())).toBe(subject);
  }, 60_000);
});
