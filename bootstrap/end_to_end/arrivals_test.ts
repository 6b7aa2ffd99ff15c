import { afterAll, beforeAll, expect, test } from "bun:test";
import { amount } from "../../domains/shared/mod.ts";
import { until } from "../demo/until.ts";
import { rpc } from "../development/_rpc.ts";
import { fund } from "../development/deploy.ts";
import { createInvestor, type Investor } from "./crash/people.ts";
import { type Stand, startStand } from "./stand.ts";

let stand: Stand;
let investor: Investor;
beforeAll(async () => {
  stand = await startStand();
  investor = await createInvestor(stand.url, stand.development);
}, 60_000);
afterAll(() => stand[Symbol.asyncDispose]());

type Balance = { asset: string; final: string; pending: string };
type Deposit = { asset: string; amount: string; status: string };

const native = () => `${stand.development.contracts.network}/slip44:60`;
const chain = (method: string, ...given: unknown[]) => rpc(stand.development.chainUrl, method, given);
const send = (funds: Parameters<typeof fund>[3]) =>
  fund(stand.development.chainUrl, stand.development.contracts, investor.address, funds);

async function read<Answer>(path: string): Promise<Answer> {
  const answer = await investor.speak((client) => client.get<Answer>(`/v1/wallets/${investor.wallet}${path}`));
  if (answer === undefined) throw new Error(`No answer to ${path}`);
  return answer;
}

async function balance(): Promise<Pick<Balance, "final" | "pending">> {
  const found = (await read<Balance[]>("/balances")).find(({ asset }) => asset === native());
  return { final: found?.final ?? "0", pending: found?.pending ?? "0" };
}

/** The deposit of just this amount, once it has come to a status. */
function depositIs(wanted: string, status: string): Promise<Deposit | undefined> {
  const ask = async () =>
    (await read<{ items: Deposit[] }>("/deposits?limit=200")).items.find((deposit) => deposit.amount === wanted);
  return until(`a deposit of ${wanted} to be ${status}`, ask, (deposit) => deposit?.status === status, 20_000);
}

test("what arrived while the platform was down is found when it starts", async () => {
  const before = await balance();
  await stand.restart(() => send({ native: amount("1001"), token: amount("1002") }));
  await depositIs("1001", "final");
  await depositIs("1002", "final");
  expect((await balance()).final).toBe(`${BigInt(before.final) + 1001n}`);
});

test("a deposit that a reorg takes away is taken back, and counted when it comes again", async () => {
  const before = await balance();
  await chain("evm_setIntervalMining", 0);
  try {
    const sending = send({ native: amount("2001") });
    await until(
      "the transaction to wait",
      () => chain("txpool_status"),
      (pool) => Number((pool as { pending: string }).pending) > 0,
    );
    await chain("evm_mine");
    await sending;
    await depositIs("2001", "detected");
    expect((await balance()).pending).toBe("2001");
    await chain("anvil_reorg", 1, []);
    await depositIs("2001", "reverted");
    expect(await balance()).toEqual({ final: before.final, pending: "0" });
  } finally {
    await chain("evm_setIntervalMining", 1);
  }
  await send({ native: amount("2002") });
  await depositIs("2002", "final");
  expect((await balance()).final).toBe(`${BigInt(before.final) + 2002n}`);
});
