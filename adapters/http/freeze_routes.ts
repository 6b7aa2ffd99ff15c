import { Elysia, t } from "elysia";
import type { FreezeRefusal, FreezeService } from "../../domains/wallet/mod.ts";
import { choice, instantSchema, oneOf, reasonSchema } from "./_schemas.ts";
import { walletSchema } from "./_wallet_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr, type Problem } from "./problems.ts";

const absent: Record<FreezeRefusal, Problem> = { "wallet-not-found": { status: 404, title: "No such wallet" } };
const body = t.Object({ reason: reasonSchema });
const platformSchema = t.Object({
  status: choice("running", "frozen"),
  reason: t.Optional(t.String()),
  by: t.Optional(t.String()),
  at: t.Optional(instantSchema),
});
const waiting = "What was accepted before and is not signed yet waits; what is signed goes on.";

/** Stops what leaves: of one wallet, or of all. */
export function freezeRoutes(freezes: FreezeService, guards: Guards) {
  return new Elysia({ prefix: "/v1", tags: ["Freezes"] })
    .use(guards)
    .post(
      "/wallets/:id/freeze",
      async ({ params, body, viewer, cause }) =>
        acceptedOr(await freezes.freezeWallet(params.id, body.reason, viewer, cause), absent).view,
      {
        ...{ own: "wallet:freeze", params: oneOf, body, response: { 200: walletSchema } },
        detail: docs("freezeWallet", "Let nothing leave a wallet", absent, waiting),
      },
    )
    .post(
      "/wallets/:id/unfreeze",
      async ({ params, body, viewer, cause }) =>
        acceptedOr(await freezes.unfreezeWallet(params.id, body.reason, viewer, cause), absent).view,
      {
        ...{ permission: "wallet:freeze", stepUp: "wallet.unfreeze", params: oneOf, body },
        response: { 200: walletSchema },
        detail: docs("unfreezeWallet", "Let a wallet's transfers go on", absent),
      },
    )
    .post("/platform/freeze", ({ body, cause }) => freezes.freezePlatform(body.reason, cause), {
      ...{ permission: "wallet:freeze", body, response: { 200: platformSchema } },
      detail: docs("freezePlatform", "Sign nothing any more, for nobody", {}, waiting),
    })
    .post("/platform/unfreeze", ({ body, cause }) => freezes.unfreezePlatform(body.reason, cause), {
      ...{ permission: "wallet:freeze", stepUp: "platform.unfreeze", body, response: { 200: platformSchema } },
      detail: docs("unfreezePlatform", "Let all transfers go on"),
    });
}
