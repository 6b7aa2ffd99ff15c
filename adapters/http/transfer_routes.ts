import { Elysia, t } from "elysia";
import type { NetworkId } from "../../domains/shared/mod.ts";
import type { AskTransfer, TransferRefusal, TransferService } from "../../domains/wallet/mod.ts";
import { idSchema, listedUser, oneOf, pageOf, pageQuery, userFilter } from "./_schemas.ts";
import { simulationSchema, transferBody, transferSchema, transferStatus } from "./_wallet_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr, type Problem } from "./problems.ts";

const refusals: Record<TransferRefusal, Problem> = {
  "wallet-not-found": { status: 404, title: "No such wallet" },
  "network-not-served": { status: 422, title: "The wallet can't send on this network" },
  "asset-not-listed": { status: 422, title: "The asset is not listed on this network" },
  "intent-malformed": { status: 422, title: "The intent can't be encoded as a call" },
  "policy-refused": { status: 403, title: "Policy does not allow it; `policy` says which rules and why" },
  "approvals-needed": { status: 403, title: "Policy allows it with approvals by others, which can't be given yet" },
  "funds-insufficient": { status: 409, title: "Amount and fee are above what is available" },
  "simulation-reverted": { status: 409, title: "The transaction would revert" },
  "wallet-frozen": { status: 409, title: "The wallet is frozen: nothing leaves it" },
  "platform-frozen": { status: 409, title: "The platform is frozen: nothing is sent" },
  "transfer-differs": { status: 409, title: "The id is another transfer's" },
};

const {
  "wallet-not-found": walletNotFound,
  "network-not-served": networkNotServed,
  "asset-not-listed": assetNotListed,
  "intent-malformed": intentMalformed,
} = refusals;
const simulationRefusals = {
  "wallet-not-found": walletNotFound,
  "network-not-served": networkNotServed,
  "asset-not-listed": assetNotListed,
  "intent-malformed": intentMalformed,
};
const absent = { "transfer-not-found": { status: 404, title: "No such transfer" } };

/** What the schema admits is what the domain takes. */
const asked = ({ network, ...rest }: typeof transferBody.static): AskTransfer => ({
  ...rest,
  network: network as NetworkId,
});

export function transferRoutes(transfers: TransferService, guards: Guards) {
  return new Elysia({ prefix: "/v1/transfers", tags: ["Transfers"] })
    .use(guards)
    .post(
      "",
      async ({ body, newId, viewer, cause, set }) => {
        const outcome = await transfers.request(newId, asked(body), viewer, cause);
        const { view } = acceptedOr(outcome, refusals, "policy" in outcome ? { policy: outcome.policy } : {});
        set.status = 202;
        return view;
      },
      {
        own: "transfer:create",
        idempotent: true,
        body: transferBody,
        response: { 202: transferSchema },
        detail: docs(
          "createTransfer",
          "Send from a wallet",
          refusals,
          "As far as policy allows: without another one in force, to the address of registration. Amount and the most that the fee may be are held at once.",
        ),
      },
    )
    .post(
      "/simulations",
      async ({ body, viewer }) => acceptedOr(await transfers.simulate(asked(body), viewer), simulationRefusals).view,
      {
        own: "transfer:create",
        body: transferBody,
        response: { 200: simulationSchema },
        detail: docs("simulateTransfer", "What a transfer would do; nothing is recorded", simulationRefusals),
      },
    )
    .get(
      "",
      ({ viewer, query: { user, limit = 50, ...rest } }) =>
        transfers.list(listedUser(viewer, user), { limit, ...rest }),
      {
        own: "transfer:read",
        query: t.Composite([
          pageQuery,
          t.Object({ user: userFilter, wallet: t.Optional(idSchema), status: t.Optional(transferStatus) }),
        ]),
        response: { 200: pageOf(transferSchema) },
        detail: docs("listTransfers", "A user's transfers, newest first"),
      },
    )
    .get("/:id", async ({ params, viewer }) => acceptedOr(await transfers.get(params.id, viewer), absent).view, {
      own: "transfer:read",
      params: oneOf,
      response: { 200: transferSchema },
      detail: docs("getTransfer", "A transfer, its hashes and its effects", absent),
    });
}
