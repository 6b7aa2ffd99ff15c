import { t } from "elysia";
import { viewSchemas as views } from "../../adapters/http/mod.ts";
import { asking, hex64, id, listOf, nothing, orNull, question, text } from "./describing.ts";

const byId = asking({ id });

const proof = t.Object(
  {
    account: text(200, "eip155:31337:0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "CAIP-10"),
    action: text(64, "play.approve"),
    digest: hex64,
    message: t.String({ examples: ["lucent.example wants you to sign in …"] }),
    signature: t.String({ examples: [`0x${"5c".repeat(64)}1b`] }),
  },
  { description: "The signature over what the step-up was for" },
);

/** What services answer of their domains, by `<service>.<name>`. What is not there is null. */
export const domainQuestions = {
  "user.get": question("A user", byId, orNull(views.user)),
  "user.keys": question("The public keys that verify access tokens (RFC 7517)", nothing, listOf(views.publicKey)),
  "user.access": question(
    "What a session may do now; null where it has ended",
    asking({
      user: text(64, "019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c54"),
      session: text(64, "019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55"),
    }),
    orNull(listOf(views.permission)),
  ),
  "user.use-step-up": question(
    "Uses a step-up up, and answers what was signed for it; null where it is not good for this",
    asking({
      // As a client sent it: what is no step-up is no mistake of the service that asks.
      token: text(100_000, `019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55.${"5c".repeat(32)}`),
      user: text(64, "019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c54"),
      action: text(64, "play.approve"),
      digest: hex64,
    }),
    orNull(proof),
  ),
  "play.get": question("A published play, as the catalogue shows it", byId, orNull(views.play)),
  "wallet.get": question("A wallet and its accounts", byId, orNull(views.wallet)),
  "wallet.balances": question("What a wallet has, by asset", byId, orNull(listOf(views.balance))),
  "task.order.get": question("An order, and what became of it", byId, orNull(views.order)),
  "portfolio.get": question("What a user's portfolio is worth, by the user's id", byId, orNull(views.portfolio)),
};
