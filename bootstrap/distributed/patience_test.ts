import { expect, test } from "bun:test";
import { QuestionFailed, ServiceUnreachable } from "../../ports/mod.ts";
import { askPatiently } from "./patience.ts";

/** Someone who fails so often before they answer; what was logged meanwhile. */
function asked(failures: number, error: Error = new ServiceUnreachable("Cannot ask play.journal: no responders")) {
  const said: { message: string; details: object }[] = [];
  let tries = 0;
  return {
    said,
    tries: () => tries,
    ask: async () => {
      if (++tries <= failures) throw error;
      return "answer";
    },
    log: (message: string, details: object) => void said.push({ message, details }),
  };
}

test("who does not answer yet is asked again, and told of once, in a line without an error", async () => {
  const { ask, log, said } = asked(2);
  using patient = askPatiently({ ask, log });
  expect(await patient.ask("play.journal", {})).toBe("answer");
  expect(said).toEqual([
    { message: "Waits for play, which does not answer yet", details: { question: "play.journal" } },
  ]);
});

test("later, once disposed, and for another fault, it fails at once", async () => {
  const late = asked(9);
  using patient = askPatiently({ ...late, within: 1 });
  await Bun.sleep(20);
  await expect(patient.ask("play.journal", {})).rejects.toThrow(ServiceUnreachable);
  const ended = askPatiently(asked(9));
  ended[Symbol.dispose]();
  await expect(ended.ask("play.journal", {})).rejects.toThrow(ServiceUnreachable);
  const refused = asked(9, new QuestionFailed("Cannot ask play.journal: /limit: must be >= 1"));
  using other = askPatiently(refused);
  await expect(other.ask("play.journal", {})).rejects.toThrow(QuestionFailed);
  expect([late.tries(), refused.tries()]).toEqual([1, 1]);
  expect([...late.said, ...refused.said]).toEqual([]);
});

test("whoever waits stops when it is disposed", async () => {
  const patient = askPatiently(asked(1_000));
  const waiting = patient.ask("play.journal", {});
  await Bun.sleep(20);
  patient[Symbol.dispose]();
  await expect(waiting).rejects.toThrow(ServiceUnreachable);
});
