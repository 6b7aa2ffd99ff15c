import { Elysia, t } from "elysia";
import type { AssetRefusal, AssetService } from "../../domains/wallet/mod.ts";
import { assetSchema, networkSchema, pageOf, pageQuery } from "./_schemas.ts";
import { assetViewSchema, decimalsSchema, networkViewSchema, symbolSchema } from "./_wallet_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr, type Problem } from "./problems.ts";

const refusals: Record<AssetRefusal, Problem> = {
  "asset-not-supported": {
    status: 422,
    title: "Name an ERC-20, ERC-721 or ERC-1155 contract of a configured EVM network",
  },
};

/** The networks and assets that the platform knows. */
export function networkRoutes(assets: AssetService, guards: Guards) {
  return new Elysia({ prefix: "/v1", tags: ["Networks and assets"] })
    .use(guards)
    .get(
      "/networks",
      () => ({
        items: assets.networks().map(({ id, name, family, nativeAsset, symbol, decimals, final }) => ({
          ...{ id, name, family, nativeAsset, symbol, decimals, final },
        })),
      }),
      {
        response: { 200: t.Object({ items: t.Array(networkViewSchema) }) },
        detail: docs("listNetworks", "The networks, and when their blocks are final"),
      },
    )
    .get("/assets", ({ query: { network, limit = 50, after } }) => assets.list({ network, limit, after }), {
      query: t.Composite([pageQuery, t.Object({ network: t.Optional(networkSchema) })]),
      response: { 200: pageOf(assetViewSchema) },
      detail: docs(
        "listAssets",
        "The assets that count",
        {},
        "Native assets come first. What is not listed enters no wallet: anyone can send dust.",
      ),
    })
    .put(
      "/assets/:asset",
      async ({ params, body, cause }) => acceptedOr(await assets.put(params.asset, body, cause), refusals).view,
      {
        permission: "asset:write",
        params: t.Object({ asset: assetSchema }),
        body: t.Object({
          symbol: symbolSchema,
          decimals: decimalsSchema,
          name: t.String({ minLength: 1, maxLength: 80, examples: ["USD Coin"] }),
        }),
        response: { 200: assetViewSchema },
        detail: docs("putAsset", "List an asset, or change what is said of it", refusals),
      },
    );
}
