import { Elysia, t } from "elysia";
import type { AddDestinationRefusal, DestinationService, RemoveDestinationRefusal } from "../../domains/wallet/mod.ts";
import { accountSchema, choice, idSchema, instantSchema, listOf, oneOf } from "./_schemas.ts";
import { labelSchema } from "./_wallet_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr, type Problem } from "./problems.ts";

const absent = { "wallet-not-found": { status: 404, title: "No such wallet" } } as const;
const adding: Record<AddDestinationRefusal, Problem> = {
  ...absent,
  "account-malformed": { status: 422, title: "The account is none of its network" },
  "destinations-full": { status: 409, title: "A wallet has at most 200 destinations" },
};
const removing: Record<RemoveDestinationRefusal, Problem> = {
  ...absent,
  "destination-not-found": { status: 404, title: "No such destination" },
};

const destinationSchema = t.Object({
  id: idSchema,
  account: accountSchema,
  label: labelSchema,
  status: choice("waiting", "active"),
  at: instantSchema,
  activeFrom: instantSchema,
});

/** Where a wallet may send to, as far as policy lets allow-listed destinations receive. */
export function destinationRoutes(destinations: DestinationService, guards: Guards) {
  return new Elysia({ prefix: "/v1/wallets/:id/destinations", tags: ["Wallets"] })
    .use(guards)
    .get(
      "",
      async ({ params, viewer }) => ({ items: acceptedOr(await destinations.list(params.id, viewer), absent).items }),
      {
        ...{ own: "wallet:read", params: oneOf },
        response: { 200: t.Object({ items: listOf(destinationSchema) }) },
        detail: docs("listDestinations", "A wallet's allow-list", absent),
      },
    )
    .post(
      "",
      async ({ params, body, viewer, cause, set }) => {
        const { view } = acceptedOr(await destinations.add(params.id, body, viewer, cause), adding);
        set.status = 201;
        return view;
      },
      {
        ...{ signedIn: true, stepUp: "destination.add", params: oneOf, response: { 201: destinationSchema } },
        body: t.Object({ account: accountSchema, label: labelSchema }),
        detail: docs("addDestination", "Put an account on a wallet's allow-list", adding, "It counts after a delay."),
      },
    )
    .delete(
      "/:destination",
      async ({ params, viewer, cause, set }) => {
        acceptedOr(await destinations.remove(params.id, params.destination, viewer, cause), removing);
        set.status = 204;
      },
      {
        ...{ signedIn: true, stepUp: "destination.remove", response: { 204: t.Undefined() } },
        params: t.Object({ id: idSchema, destination: idSchema }),
        detail: docs("removeDestination", "Take an account off a wallet's allow-list, at once", removing),
      },
    );
}
