import { Elysia, t } from "elysia";
import type { WalletRefusal, WalletService } from "../../domains/wallet/mod.ts";
import {
  ifMatch,
  listedUser,
  oneOf,
  pageOf,
  pageQuery,
  revisionOf,
  revisionProblems,
  tagged,
  userFilter,
} from "./_schemas.ts";
import {
  balanceSchema,
  depositSchema,
  depositStatus,
  holdSchema,
  labelSchema,
  walletSchema,
} from "./_wallet_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr, type Problem } from "./problems.ts";

const absent = { "wallet-not-found": { status: 404, title: "No such wallet" } } as const satisfies Record<
  string,
  Problem
>;
const creation = { "wallet-differs": { status: 409, title: "The id is another user's wallet" } } as const;
const refusals: Record<WalletRefusal, Problem> = { ...absent, "revision-stale": revisionProblems["revision-stale"] };
const body = t.Object({ label: labelSchema });

export function walletRoutes(wallets: WalletService, guards: Guards) {
  return new Elysia({ prefix: "/v1/wallets", tags: ["Wallets"] })
    .use(guards)
    .post(
      "",
      async ({ body: { label }, cause, set }) => {
        const { revision, view } = acceptedOr(await wallets.create(label, cause), creation);
        set.status = 201;
        return tagged(set, revision, view);
      },
      {
        signedIn: true,
        body,
        response: { 201: walletSchema },
        detail: docs(
          "createWallet",
          "Make a wallet",
          creation,
          "With an account on every network, derived from one sealed seed. Deposits to it are seen from then on.",
        ),
      },
    )
    .get(
      "",
      ({ viewer, query: { user, limit = 50, after } }) => wallets.list(listedUser(viewer, user), { limit, after }),
      {
        own: "wallet:read",
        query: t.Composite([pageQuery, t.Object({ user: userFilter })]),
        response: { 200: pageOf(walletSchema) },
        detail: docs("listWallets", "A user's wallets, newest first"),
      },
    )
    .get(
      "/:id",
      async ({ params, viewer, set }) => {
        const { revision, view } = acceptedOr(await wallets.get(params.id, viewer), absent);
        return tagged(set, revision, view);
      },
      {
        own: "wallet:read",
        params: oneOf,
        response: { 200: walletSchema },
        detail: docs("getWallet", "A wallet and its accounts", absent),
      },
    )
    .patch(
      "/:id",
      async ({ params, headers, body: { label }, viewer, cause, set }) => {
        const outcome = await wallets.rename(params.id, revisionOf(headers), label, viewer, cause);
        const { revision, view } = acceptedOr(outcome, refusals);
        return tagged(set, revision, view);
      },
      {
        signedIn: true,
        params: oneOf,
        headers: ifMatch,
        body,
        response: { 200: walletSchema },
        detail: docs("renameWallet", "Call a wallet something else", { ...absent, ...revisionProblems }),
      },
    )
    .get(
      "/:id/balances",
      async ({ params, viewer }) => acceptedOr(await wallets.balances(params.id, viewer), absent).items,
      {
        own: "wallet:read",
        params: oneOf,
        response: { 200: t.Array(balanceSchema) },
        detail: docs(
          "listWalletBalances",
          "What a wallet has, by asset",
          absent,
          "`available` is what is final and not held; `pending` is what arrived and is not final yet.",
        ),
      },
    )
    .get(
      "/:id/holds",
      async ({ params, viewer }) => ({ items: acceptedOr(await wallets.holds(params.id, viewer), absent).items }),
      {
        own: "wallet:read",
        params: oneOf,
        response: { 200: t.Object({ items: t.Array(holdSchema) }) },
        detail: docs("listHolds", "What is set aside, and for what", absent),
      },
    )
    .get(
      "/:id/deposits",
      async ({ params, viewer, query: { status, limit = 50, after } }) => {
        const { items, next } = acceptedOr(await wallets.deposits(params.id, { status, limit, after }, viewer), absent);
        return { items, ...(next !== undefined && { next }) };
      },
      {
        own: "wallet:read",
        params: oneOf,
        query: t.Composite([pageQuery, t.Object({ status: t.Optional(depositStatus) })]),
        response: { 200: pageOf(depositSchema) },
        detail: docs("listDeposits", "What arrived, newest first", absent),
      },
    );
}
