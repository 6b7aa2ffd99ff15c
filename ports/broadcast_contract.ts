import { expect, test } from "bun:test";
import type { Broadcast } from "./broadcast.ts";

/** Processes of one service, and how long what is told may be on its way. */
type Setting = { readonly processes: readonly [Broadcast, Broadcast]; arrive(): Promise<void> };

/** What every `Broadcast` keeps. */
export function broadcastContract(name: string, open: () => Promise<Setting>): void {
  test(`${name}: what one process tells all hear, itself too, in the order in which it was told`, async () => {
    const { processes, arrive } = await open();
    const heard: Record<string, unknown[]> = { one: [], other: [], "the other again": [] };
    const [one, other] = processes;
    await using _one = one.listen((news) => heard.one?.push(news));
    await using _other = other.listen((news) => heard.other?.push(news));
    await using _again = other.listen((news) => heard["the other again"]?.push(news));
    await arrive();
    const told = [1, { user: "ann", sessions: ["s1"] }, null];
    for (const news of told) one.tell(news);
    await arrive();
    expect(heard).toEqual({ one: told, other: told, "the other again": told });
  });

  test(`${name}: who has stopped listening hears no more, and nobody hears what was told before`, async () => {
    const { processes, arrive } = await open();
    const [one, other] = processes;
    const heard: unknown[] = [];
    one.tell("before");
    await arrive();
    const listening = other.listen((news) => heard.push(news));
    await arrive();
    one.tell("now");
    await arrive();
    await listening[Symbol.asyncDispose]();
    one.tell("later");
    await arrive();
    expect(heard).toEqual(["now"]);
  });

  test(`${name}: a listener that throws keeps nothing from the others`, async () => {
    const { processes, arrive } = await open();
    const [one, other] = processes;
    const heard: unknown[] = [];
    await using _one = other.listen(() => {
      throw new Error("Not for me");
    });
    await using _other = other.listen((news) => heard.push(news));
    await arrive();
    one.tell("now");
    one.tell("then");
    await arrive();
    expect(heard).toEqual(["now", "then"]);
  });
}
