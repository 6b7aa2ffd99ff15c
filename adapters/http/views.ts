import type { TSchema } from "elysia";
import type { JsonSchema } from "../../ports/mod.ts";
import { plainSchema } from "./_openapi_schemas.ts";
import { cataloguePlaySchema } from "./_play_schemas.ts";
import { portfolioView } from "./_portfolio_schemas.ts";
import { orderSchema } from "./_task_schemas.ts";
import { permissionSchema, userSchema } from "./_user_schemas.ts";
import { balanceSchema, walletSchema } from "./_wallet_schemas.ts";
import { verifiedSchema } from "./audit_routes.ts";
import { publicKeySchema } from "./session_routes.ts";

/** The JSON Schemas (2020-12) of views, as the OpenAPI document has them: for who answers the same elsewhere. */
export const viewSchemas = {
  user: viewed("User", userSchema),
  permission: viewed("Permission", permissionSchema),
  publicKey: viewed("PublicKey", publicKeySchema),
  play: viewed("Play", cataloguePlaySchema),
  wallet: viewed("Wallet", walletSchema),
  balance: viewed("Balance", balanceSchema),
  order: viewed("Order", orderSchema),
  portfolio: viewed("Portfolio", portfolioView),
  verification: viewed("Verification", verifiedSchema),
};

function viewed(title: string, schema: TSchema): JsonSchema {
  return { title, ...plainSchema(schema) };
}
