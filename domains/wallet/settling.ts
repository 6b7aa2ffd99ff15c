import { transact, transactTogether } from "../../ports/mod.ts";
import { type AccountId, type NetworkId, parseAccount } from "../shared/mod.ts";
import { type AssetService, sameCollection } from "./asset_service.ts";
import type { EvmChain, Receipt } from "./chain.ts";
import { applyEffects, releaseTransfer } from "./holds.ts";
import { volumeEvents, withVolumes } from "./judging.ts";
import { causeOf, type SigningDependencies } from "./signing.ts";
import type { AssetDelta } from "./sums.ts";
import {
  type InFlightTransfer,
  includeTransfer,
  isInFlight,
  type SettledEffect,
  settleTransfer,
  unincludeTransfer,
} from "./transfer.ts";
import { evolve, type OpenWallet } from "./wallet.ts";

type Dependencies = Pick<SigningDependencies, "wallets" | "transfers" | "playTerms" | "chains" | "judging"> & {
  readonly assets: AssetService;
  /** Hands a node the stored bytes once more. */
  readonly broadcast: (id: string, transfer: InFlightTransfer) => Promise<boolean>;
  /** The account's next transfers may go on. */
  readonly kick: (account: AccountId) => void;
};

/** How many blocks a transaction may be missing before its bytes are sent again. */
const patience = 3;

/** Follows what is signed through the chain, to the block that is final. Nothing is concluded from silence. */
export function createSettling({
  wallets,
  transfers,
  playTerms,
  chains,
  judging,
  assets,
  broadcast,
  kick,
}: Dependencies) {
  /** By transfer, the head at which its bytes were last sent by this process. */
  const sentAt = new Map<string, number>();

  async function check(network: NetworkId): Promise<void> {
    const chain = chains.get(network);
    if (!chain) return;
    const { latest, final } = await chain.head();
    const hashAt = remembering((number) => chain.block(number).then((block) => block?.hash));
    const faults: unknown[] = [];
    let after: string | undefined;
    do {
      const where = { network, status: ["signed", "submitted", "included"] };
      const page = await transfers.find({ where, limit: 50, ...(after !== undefined && { after }) });
      const looked = page.items.map(({ id, state }) =>
        isInFlight(state) ? look(id, state, chain, { latest: latest.number, final, hashAt }) : undefined,
      );
      const outcomes = await Promise.allSettled(looked);
      faults.push(...outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : [])));
      after = page.next;
    } while (after !== undefined);
    // One that can't be told about yet holds up no other; but all are looked at again.
    if (faults.length > 0) throw faults[0];
  }

  type Head = { readonly latest: number; readonly final: number; hashAt(number: number): Promise<string | undefined> };

  async function look(id: string, transfer: InFlightTransfer, chain: EvmChain, head: Head): Promise<void> {
    const { status, transaction, account = "" } = transfer;
    if (status === "included" && transfer.block.number > head.final) {
      if ((await head.hashAt(transfer.block.number)) === transfer.block.hash) return;
    }
    const receipt = await chain.receipt(transaction.hash, parseAccount(account)?.address ?? "");
    if (!receipt) return missing(id, transfer, head.latest);
    sentAt.delete(id);
    await transact(transfers, id, causeOf(transfer), (state) => includeTransfer(state, receipt.block));
    if (receipt.block.number <= head.final) await settle(id, transfer, chain, receipt);
  }

  async function missing(id: string, transfer: InFlightTransfer, latest: number): Promise<void> {
    const { status, account } = transfer;
    if (status === "included") {
      await transact(transfers, id, causeOf(transfer), (state) =>
        unincludeTransfer(state, "Its block was reorganised away"),
      );
    }
    // What no node has yet, the account's own lane sends, in order.
    if (status === "signed") return account && kick(account);
    if (latest - (sentAt.get(id) ?? -patience) < patience) return;
    sentAt.set(id, latest);
    await broadcast(id, transfer);
  }

  /** What it changed, its fee among it, comes into the wallet in the commit that says it is over. */
  async function settle(id: string, transfer: InFlightTransfer, chain: EvmChain, receipt: Receipt): Promise<void> {
    const { account } = transfer;
    if (!account) return;
    const { block, outcome } = receipt;
    const fee = { asset: chain.network.nativeAsset, amount: receipt.fee };
    const before = (await wallets.load(transfer.wallet)).state;
    const counted = before.status === "open" ? await countedOf(receipt, account, transfer, before) : [];
    // What a reverted transaction was to move has not left.
    const unmoved = outcome === "reverted" ? (transfer.reserved ?? []) : [];
    const together = { transfer: { store: transfers, id }, wallet: { store: wallets, id: transfer.wallet } };
    const targets = withVolumes(
      together,
      judging.volumes,
      unmoved.map(({ volume }) => volume),
    );
    await transactTogether(targets, causeOf(transfer), ({ transfer: { state }, wallet }) => {
      if (!isInFlight(state) || wallet.state.status === "absent") return { ok: true, events: {} };
      const applied = applyEffects(wallet.state, { transfer: id, hold: state.hold, effects: counted, fee });
      const release = releaseTransfer(evolve(wallet.state, applied) as OpenWallet, id);
      const effects = applied.effects.map((effect): SettledEffect => ({ account, ...effect }));
      const settled = settleTransfer(state, { account, block, outcome, effects, fee });
      if (!settled.ok) return settled;
      const walletEvents = [applied, ...(release ? [release] : [])];
      const given = volumeEvents("VolumeReleased", id, unmoved);
      return { ok: true, events: { ...given, transfer: settled.events, wallet: walletEvents } };
    });
    kick(account);
  }

  /** The account's changes of assets that count: listed, declared by the play, or already in the wallet. The rest is dust. */
  async function countedOf(
    { effects }: Receipt,
    account: AccountId,
    { purpose }: InFlightTransfer,
    wallet: OpenWallet,
  ): Promise<readonly AssetDelta[]> {
    const terms = purpose.type === "order" ? await playTerms.load(`${purpose.play}-${purpose.version}`) : undefined;
    const definition = terms?.state.status === "published" ? terms.state.definition : undefined;
    const declared = definition ? [definition.asset, ...definition.assets.map(({ asset }) => asset)] : [];
    const counted: AssetDelta[] = [];
    for (const { account: whose, asset, delta } of effects) {
      if (whose !== account) continue;
      const known = asset in wallet.balances || declared.some((each) => sameCollection(each, asset));
      if (known || (await assets.of(asset))) counted.push({ asset, delta });
    }
    return counted;
  }

  return { check };
}

/** Asks once for each number. */
function remembering<Answer>(ask: (number: number) => Promise<Answer>): (number: number) => Promise<Answer> {
  const answers = new Map<number, Promise<Answer>>();
  return (number) => {
    const answer = answers.get(number) ?? ask(number);
    answers.set(number, answer);
    return answer;
  };
}
