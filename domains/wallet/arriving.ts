import { type AggregateStore, type Cause, type DeriveId, transact, transactTogether } from "../../ports/mod.ts";
import { type NetworkId, type UserId, zero } from "../shared/mod.ts";
import type { AssetService } from "./asset_service.ts";
import type { Arrival, Block, EvmChain } from "./chain.ts";
import type { HandledBlock } from "./cursor.ts";
import {
  confirmDeposit,
  type Deposit,
  type DepositEvent,
  type DepositFacts,
  detectDeposit,
  finaliseDeposit,
  revertDeposit,
  type SeenDeposit,
} from "./deposit.ts";
import type { Transfer, TransferEvent } from "./transfer.ts";
import { creditDeposit, debitDeposit, type Wallet, type WalletEvent } from "./wallet.ts";
import type { Watched } from "./watched.ts";

export type ArrivingDependencies = {
  readonly wallets: AggregateStore<Wallet, WalletEvent>;
  readonly deposits: AggregateStore<Deposit, DepositEvent>;
  readonly transfers: AggregateStore<Transfer, TransferEvent>;
  readonly assets: AssetService;
  readonly watched: Watched;
  readonly deriveId: DeriveId;
};

type Page = Awaited<ReturnType<AggregateStore<Deposit, DepositEvent>["find"]>>;

const reorganised = "Its block was reorganised away";

/** What becomes of deposits as blocks come, stay, become final, and go. Doing any of it again changes nothing. */
export function createArriving({ wallets, deposits, transfers, assets, watched, deriveId }: ArrivingDependencies) {
  /** Takes note of what a block brought. */
  async function handle(chain: EvmChain, block: Block): Promise<void> {
    await watched.learn();
    const addresses = watched.addressesOn(chain.network.id);
    if (addresses.size === 0) return;
    for (const arrival of await chain.arrivals(block, addresses)) await note(chain.network.id, block, arrival);
  }

  async function note(network: NetworkId, block: Block, arrival: Arrival): Promise<void> {
    const { account, asset, amount, hash, log } = arrival;
    const owner = watched.ownerOf(account);
    // Transfers of nothing are a known bait.
    if (!owner || amount === zero || !(await assets.of(asset)) || (await isOwn(hash, arrival))) return;
    const { number, at } = block;
    const seen: DepositFacts = {
      ...owner,
      account,
      network,
      asset,
      amount,
      hash,
      block: { number, hash: block.hash },
      at,
    };
    const id = deriveId("deposit", network, hash, `${log}`, account, asset);
    await transact(deposits, id, causeOf(id), (deposit) => detectDeposit(deposit, seen));
  }

  /** What an account's own transaction brings it is among the effects of its transfer. */
  async function isOwn(hash: string, { account }: Arrival): Promise<boolean> {
    const { items } = await transfers.find({ where: { "transaction.hash": hash }, limit: 1 });
    const [transfer] = items;
    return transfer !== undefined && transfer.state.status !== "absent" && transfer.state.account === account;
  }

  /** A final block is gone: what it brought was never there. Other deposits are looked at once the new chain is known. */
  async function takeBack(network: NetworkId, hash: string): Promise<void> {
    await pages(
      (after) => deposits.find({ where: { network, "block.hash": hash }, limit: 100, ...after }),
      async (id, deposit) => {
        if (deposit.status !== "final") return;
        const targets = { deposit: { store: deposits, id }, wallet: { store: wallets, id: deposit.wallet } };
        await transactTogether(targets, causeOf(id), ({ deposit: { state }, wallet }) => {
          const reverted = revertDeposit(state, reorganised);
          if (!reverted.ok || state.status !== "final") return reverted.ok ? { ok: true, events: {} } : reverted;
          const debited = debitDeposit(wallet.state, { deposit: id, asset: state.asset, amount: state.amount });
          return debited.ok ? { ok: true, events: { deposit: reverted.events, wallet: debited.events } } : debited;
        });
      },
    );
  }

  /** Confirms, finalises and reverts what is pending, by the chain as it was followed. */
  async function review(chain: EvmChain, blocks: readonly HandledBlock[], final: number): Promise<void> {
    const network = chain.network.id;
    const tip = blocks.at(-1)?.number ?? -1;
    const hashes = new Map(blocks.map(({ number, hash }) => [number, hash]));
    await pages(
      (after) => deposits.find({ where: { network, status: ["detected", "confirmed"] }, limit: 100, ...after }),
      async (id, { block, wallet }) => {
        const stands = hashes.get(block.number) ?? (block.number <= tip ? (await chain.block(block.number))?.hash : "");
        if (stands !== block.hash) {
          await transact(deposits, id, causeOf(id), (deposit) => revertDeposit(deposit, reorganised));
        } else if (block.number <= final) await credit(id, wallet);
        else if (block.number < tip) await transact(deposits, id, causeOf(id), confirmDeposit);
      },
    );
  }

  /** It is final, and the wallet's, in one commit. */
  async function credit(id: string, wallet: string): Promise<void> {
    const targets = { deposit: { store: deposits, id }, wallet: { store: wallets, id: wallet } };
    await transactTogether(targets, causeOf(id), ({ deposit: { state }, wallet }) => {
      const final = finaliseDeposit(state);
      if (!final.ok || final.events.length === 0 || state.status === "absent") return { ok: true, events: {} };
      const credited = creditDeposit(wallet.state, { deposit: id, asset: state.asset, amount: state.amount });
      return credited.ok ? { ok: true, events: { deposit: final.events, wallet: credited.events } } : credited;
    });
  }

  return { handle, takeBack, review };
}

/** A deposit is a conversation of its own. */
function causeOf(deposit: string): Cause {
  return { actor: "lucent" as UserId, correlation: deposit };
}

async function pages(
  find: (after: { readonly after?: string }) => Promise<Page>,
  each: (id: string, deposit: SeenDeposit) => Promise<void>,
): Promise<void> {
  let after: { readonly after?: string } = {};
  for (;;) {
    const { items, next } = await find(after);
    for (const { id, state } of items) if (state.status !== "absent") await each(id, state);
    if (next === undefined) return;
    after = { after: next };
  }
}
