import type { AggregateStore } from "../../ports/mod.ts";
import { mayView, type NetworkId, refuse, type Viewer } from "../shared/mod.ts";
import type { AssetService } from "./asset_service.ts";
import type { Intent } from "./intent.ts";
import { type Judging, leavingBy } from "./judging.ts";
import type { Planning } from "./planning.ts";
import type { Priority } from "./transfer.ts";
import type { Wallet, WalletEvent } from "./wallet.ts";

export type Considering = ReturnType<typeof createConsidering>;

/** What a user asks for. */
export type AskTransfer = {
  readonly wallet: string;
  readonly network: NetworkId;
  readonly intent: Intent;
  readonly priority?: Priority;
  readonly note?: string;
};

type Dependencies = {
  readonly wallets: AggregateStore<Wallet, WalletEvent>;
  readonly judging: Judging;
  readonly assets: Pick<AssetService, "of">;
  readonly planning: Planning;
};

/** Makes of what a user asks for what would be sent, and has it judged. Records nothing. */
export function createConsidering({ wallets, judging, assets, planning }: Dependencies) {
  /** The wallet, the intent in its one spelling, the call, and what the rules say of it. */
  async function consider({ wallet: id, network, intent: given }: AskTransfer, viewer: Viewer) {
    const { state: wallet } = await wallets.load(id);
    if (wallet.status === "absent" || !mayView(viewer, wallet.user)) return refuse("wallet-not-found");
    const place = planning.placeOf(wallet, network);
    if (!place.ok) return refuse("network-not-served");
    const intent = await spelt(given, network);
    if (!intent) return refuse("asset-not-listed");
    const encoded = await planning.encode({ network, intent }, wallet);
    if (!encoded.ok) return refuse("intent-malformed");
    return { ...place, wallet, intent, call: encoded.call };
  }

  type Considered = Extract<Awaited<ReturnType<typeof consider>>, { readonly ok: true }>;

  /** What policy says of it now. What a call moves is known by its simulation only. */
  async function judged(
    { wallet, intent, call, chain, account }: Considered,
    id: string,
    priority: Priority,
    viewer: Viewer,
  ) {
    const estimated =
      intent.type === "send" ? undefined : await planning.estimate(chain, account.address, call, priority);
    const { user } = wallet;
    const { id: network, nativeAsset } = chain.network;
    const initiator = viewer.user === user ? "owner" : "transfer:create";
    const amounts = leavingBy(intent, call, nativeAsset, estimated?.simulation);
    const facts = await judging.factsOf({ initiator, user, wallet: id, network, intent, call, amounts });
    const subject = { wallet: id, user };
    return { ...(await judging.look(facts, subject)), facts, subject, estimated };
  }

  async function spelt(intent: Intent, network: NetworkId): Promise<Intent | undefined> {
    if (intent.type !== "send") return intent;
    const known = await assets.of(intent.asset);
    return known?.network === network ? { ...intent, asset: known.asset } : undefined;
  }

  return { consider, judged };
}
