import {
  type AggregateStore,
  allOf,
  type Cause,
  Fault,
  type Log,
  type RecordKind,
  type RecordStore,
  transact,
  transactTogether,
} from "../../ports/mod.ts";
import { type AccountId, type NetworkId, refuse, type UserId } from "../shared/mod.ts";
import type { EvmChain, Keys } from "./chain.ts";
import { type PlatformFreeze, type PlatformFreezeEvent, platformId } from "./freezing.ts";
import { releaseTransfer } from "./holds.ts";
import { refusing } from "./intent.ts";
import { type Judging, leavingBy, refusalOf, volumeEvents, withVolumes } from "./judging.ts";
import { type NonceEvent, type Nonces, nextNonce, nonceKind, takeNonce } from "./nonce.ts";
import type { Plan, Planning } from "./planning.ts";
import type { PlayTerms, PlayTermsEvent } from "./play_terms.ts";
import {
  failTransfer,
  type KnownTransfer,
  signTransfer,
  submitTransfer,
  type Transaction,
  type Transfer,
  type TransferEvent,
} from "./transfer.ts";
import { createTurns } from "./turns.ts";
import type { OpenWallet, Wallet, WalletEvent } from "./wallet.ts";

/** The bytes of a signed transaction; the record's id is its hash. */
export type SignedBytes = { readonly transfer: string; readonly raw: string };
export const signedBytesKind: RecordKind<SignedBytes> = { name: "signed_transaction", indexes: [] };

export type SigningDependencies = {
  readonly wallets: AggregateStore<Wallet, WalletEvent>;
  readonly transfers: AggregateStore<Transfer, TransferEvent>;
  readonly nonces: AggregateStore<Nonces, NonceEvent>;
  readonly judging: Judging;
  readonly platform: AggregateStore<PlatformFreeze, PlatformFreezeEvent>;
  readonly playTerms: AggregateStore<PlayTerms, PlayTermsEvent>;
  readonly signedBytes: RecordStore<SignedBytes>;
  readonly planning: Planning;
  readonly chains: ReadonlyMap<NetworkId, EvmChain>;
  readonly keys: Keys;
  readonly log: Log;
};

/** What the platform does by itself for a transfer belongs to the conversation that asked for it. */
export function causeOf({ correlation }: Pick<KnownTransfer, "correlation">): Cause {
  return { actor: "lucent" as UserId, correlation };
}

/**
 * Takes an account's requested transfers to the mempool, in the order in which they were asked for. Nonce and hash are
 * recorded in one commit, after the bytes are stored and before they are sent: whatever breaks off in between, a transfer
 * has one transaction, and a nonce is taken only by what is signed.
 */
export function createSigning(dependencies: SigningDependencies) {
  const { wallets, transfers, nonces, judging, platform, playTerms, signedBytes, planning, chains, keys, log } =
    dependencies;
  const mustWait = createTurns(dependencies);

  async function workOff(account: AccountId): Promise<void> {
    const where = { account, status: ["requested", "signed"], at: {} };
    for await (const { id } of allOf((place) => transfers.find({ where, limit: 50, ...place }))) await advance(id);
  }

  async function advance(id: string): Promise<void> {
    const { state } = await transfers.load(id);
    if (state.status === "signed") return send(id, state);
    if (state.status !== "requested") return;
    // Known before it is judged whose turn it is: who signs for the account meanwhile takes a nonce, and it is judged anew.
    const seen = state.account && (await nonces.load(state.account)).state;
    if (await mustWait(state)) return;
    if (await isFrozen(state)) return;
    try {
      const plan = await planFor(state);
      if (!plan.ok) return await fail(id, state, plan.refusal, plan.detail);
      if ((await sign(id, state, plan, seen || nonceKind.initial)) === "overtaken") return await advance(id);
    } catch (error) {
      if (error instanceof Fault && error.retryable) throw error;
      // Trying again would hold up the account for ever. What is signed by now goes on; the rest is over.
      log("Cannot plan or sign a transfer", { transfer: id, error, correlation: state.correlation });
      await fail(id, state, "signing-impossible", "It could not be planned or signed");
    }
  }

  /** While its wallet or the platform is frozen a transfer waits: it goes on by itself afterwards. */
  async function isFrozen(transfer: KnownTransfer): Promise<boolean> {
    const [wallet, all] = await Promise.all([wallets.load(transfer.wallet), platform.load(platformId)]);
    return all.state.status === "frozen" || (wallet.state.status === "open" && wallet.state.frozen !== undefined);
  }

  async function planFor(transfer: KnownTransfer) {
    const { state: wallet } = await wallets.load(transfer.wallet);
    if (wallet.status === "absent" || wallet.user !== transfer.user) {
      return refusing("wallet-not-found", "The user has no such wallet");
    }
    const plan = await planIn(transfer, wallet);
    return plan.ok ? allowed(transfer, plan) : plan;
  }

  async function planIn(transfer: KnownTransfer, wallet: OpenWallet) {
    const { purpose, quote } = transfer;
    const hold = wallet.holds[transfer.hold];
    if (purpose.type === "order") {
      const terms = await playTerms.load(`${purpose.play}-${purpose.version}`);
      return planning.planOrder(transfer, purpose, wallet, hold, terms.state);
    }
    if (!quote) return refusing("intent-malformed", "It was accepted without a quote");
    return planning.planQuoted(transfer, quote, wallet, hold);
  }

  /** The plan, where the policy in force allows it (still). */
  async function allowed(transfer: KnownTransfer, plan: Plan) {
    const { user, wallet, network, intent, purpose, policy, reserved } = transfer;
    const { call, simulation } = plan;
    const nativeAsset = chains.get(network)?.network.nativeAsset;
    if (!nativeAsset) return refusing("network-not-served", "The network has no node");
    const initiator = purpose.type === "order" ? "play" : (policy?.facts.initiator ?? "owner");
    const amounts = policy?.facts.amounts ?? leavingBy(intent, call, nativeAsset, simulation);
    const facts = await judging.factsOf({ initiator, user, wallet, network, intent, call, amounts });
    const { judgement } = await judging.look(facts, { wallet, user }, reserved);
    const refusal = refusalOf(judgement);
    return refusal ? refusing(refusal, judgement.words) : plan;
  }

  /** Nothing of it was signed: what was held for it alone is free again. */
  async function fail(id: string, transfer: KnownTransfer, reason: string, detail: string): Promise<void> {
    const { reserved = [] } = transfer;
    const together = { transfer: { store: transfers, id }, wallet: { store: wallets, id: transfer.wallet } };
    const targets = withVolumes(
      together,
      judging.volumes,
      reserved.map(({ volume }) => volume),
    );
    await transactTogether(targets, causeOf(transfer), ({ transfer, wallet }) => {
      const failed = failTransfer(transfer.state, reason, detail.slice(0, 1000));
      if (!failed.ok) return failed;
      const release = wallet.state.status === "open" && releaseTransfer(wallet.state, id);
      const given = failed.events.length > 0 ? volumeEvents("VolumeReleased", id, reserved) : {};
      return { ok: true, events: { ...given, transfer: failed.events, ...(release && { wallet: [release] }) } };
    });
  }

  async function sign(
    id: string,
    transfer: KnownTransfer,
    { account, call, fees, gas }: Plan,
    seen: Nonces,
  ): Promise<"overtaken" | undefined> {
    const mined = (await chains.get(transfer.network)?.minedNonce(account.address)) ?? 0;
    const nonce = nextNonce(seen, mined);
    const { network } = transfer;
    // Planning took its time: nothing is signed that was frozen meanwhile.
    if (await isFrozen(transfer)) return undefined;
    const { raw, hash } = await keys.sign(transfer.wallet, account, { ...call, ...fees, network, nonce, gas });
    // "conflict": the same bytes are there from a try before.
    await signedBytes.put(hash, { transfer: id, raw }, 0);
    const outcome = await record(id, transfer, account.account, { hash, nonce, call, fees, gas }, seen);
    if (outcome.ok && outcome.transfer.state.status === "signed") await send(id, outcome.transfer.state);
    if (outcome.ok) return undefined;
    if (!(await mayBeSent(account.account, nonce, hash))) await signedBytes.remove(hash, 1);
    return outcome.refusal === "transfer-not-requested" ? undefined : "overtaken";
  }

  /** Another process signed first: the same bytes perhaps, or for a transfer that is just like this one. */
  async function mayBeSent(account: AccountId, nonce: number, hash: string): Promise<boolean> {
    if ((await nonces.load(account)).state.next <= nonce) return true;
    const { items } = await transfers.find({ where: { "transaction.hash": hash }, limit: 1 });
    return items.length > 0;
  }

  function record(id: string, transfer: KnownTransfer, account: AccountId, transaction: Transaction, seen: Nonces) {
    const targets = { transfer: { store: transfers, id }, nonces: { store: nonces, id: account } };
    const { hash, nonce } = transaction;
    return transactTogether(targets, causeOf(transfer), ({ transfer, nonces }) => {
      const signed = signTransfer(transfer.state, transaction);
      if (!signed.ok) return signed;
      if (nonces.state.next !== seen.next) return refuse("nonce-taken");
      const taken = takeNonce(nonces.state, { nonce, transfer: id, hash });
      return taken.ok ? { ok: true, events: { transfer: signed.events, nonces: taken.events } } : taken;
    });
  }

  async function send(id: string, transfer: KnownTransfer & { readonly transaction: Transaction }): Promise<void> {
    if (await broadcast(id, transfer)) await transact(transfers, id, causeOf(transfer), submitTransfer);
  }

  /** Hands a node the stored bytes; whether it has them now. */
  async function broadcast(
    id: string,
    { network, correlation, transaction: { hash } }: KnownTransfer & { readonly transaction: Transaction },
  ): Promise<boolean> {
    const stored = await signedBytes.get(hash);
    const chain = chains.get(network);
    if (!stored || !chain) throw new Error(`Cannot send transfer "${id}": its bytes or its chain are missing`);
    const answer = await chain.broadcast(stored.value.raw);
    // It stays signed and may still land: the next head sends it again.
    if (!answer.sent) log("A node refused a transaction", { transfer: id, hash, refused: answer.refused, correlation });
    return answer.sent;
  }

  return { workOff, broadcast };
}
