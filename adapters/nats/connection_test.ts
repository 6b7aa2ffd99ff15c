import { expect, test } from "bun:test";
import { join } from "node:path";
import { keepCertificates, startNats, withOwnNats } from "../../bootstrap/servers/mod.ts";
import { collector, event } from "../../ports/messaging_contract.ts";
import { openStand, until } from "./_stand_test.ts";

const { folder, openBus, openConnection, opened, startBroker } = openStand();

/** A server that takes TLS only, and the certificate of its authority. */
async function startTls() {
  const tls = await keepCertificates(join(folder(), "certificates"));
  const { url } = opened.use(await startNats({ tls }));
  return { url, caFile: tls.caFile };
}

await withOwnNats(() => {
  test("events go over TLS by a certificate of an own authority", async () => {
    const { url, caFile } = await startTls();
    const connection = await openConnection(url, { tls: { caFile } });
    const bus = await openBus(url, { connection });
    const { react, count } = collector();
    await using _ = bus.subscribe({ consumer: "c", kind: "play", react });
    await bus.publish([event("play", "a", 1)]);
    await count(1);
    expect(connection.nats.info?.tls_required).toBe(true);
  });

  test("a server whose certificate nobody known has signed is not talked to, nor one without any where TLS is asked for", async () => {
    const { url } = await startTls();
    const refused = { name: "BusUnreachable", message: expect.stringContaining(`Cannot connect to ${url}`) };
    await expect(openConnection(url, { tls: {} })).rejects.toMatchObject(refused);
    const { caFile } = await startTls();
    await expect(openConnection(url, { tls: { caFile } })).rejects.toMatchObject(refused);
    const plain = await startBroker();
    await expect(openConnection(plain.url, { tls: { caFile } })).rejects.toMatchObject({ name: "BusUnreachable" });
  });

  test("a server that is away is told so at once, and may be tried again", async () => {
    const { url, stop } = await startBroker();
    await stop();
    await expect(openConnection(url)).rejects.toMatchObject({ name: "BusUnreachable", retryable: true });
  });

  test("while the server is away publishing fails in time and readiness says so; afterwards both work", async () => {
    const broker = await startBroker();
    const bus = await openBus(broker.url);
    await bus.check();
    await broker.die();
    await expect(bus.check()).rejects.toMatchObject({ name: "BusUnreachable" });
    const start = performance.now();
    await expect(bus.publish([event("play", "a", 1)])).rejects.toMatchObject({ name: "BusUnreachable" });
    expect(performance.now() - start).toBeLessThan(15_000);
    await broker.start();
    await bus.publish([event("play", "a", 1)]);
    await bus.check();
  }, 60_000);

  test("a bus that is disposed of while its server is away ends", async () => {
    const broker = await startBroker();
    const connection = await openConnection(broker.url);
    const bus = await openBus(broker.url, { connection });
    const { ids, react } = collector();
    bus.subscribe({ consumer: "c", kind: "play", react });
    await bus.publish([event("play", "a", 1)]);
    await until(() => ids.length === 1);
    await broker.die();
    const start = performance.now();
    await bus[Symbol.asyncDispose]();
    await connection[Symbol.asyncDispose]();
    expect(performance.now() - start).toBeLessThan(3_000);
  }, 60_000);
});
