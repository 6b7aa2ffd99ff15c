import { t } from "elysia";
import { type PolicyRule, volumeScopes, volumeWindows } from "../../domains/wallet/mod.ts";
import { accountSchema, amountSchema, assetSchema, choice, exactly, instantSchema, listOf, whole } from "./_schemas.ts";
import { digestSchema } from "./_wallet_schemas.ts";

const few = { minItems: 1, maxItems: 100 };
const limit = { asset: assetSchema, limit: amountSchema };

const conditions = t.Object(
  {
    initiators: t.Optional(
      t.Array(t.String({ pattern: "^(owner|play|[a-z_]+:[a-z_-]+)$", maxLength: 60, examples: ["owner"] }), {
        ...few,
        description: "`owner`, `play`, or the permission by which someone acts on another's wallet",
      }),
    ),
    networks: t.Optional(
      t.Array(
        t.String({
          pattern: "^[-a-z0-9]{3,8}:([-_a-zA-Z0-9]{1,32}|[*])$",
          maxLength: 41,
          examples: ["eip155:31337"],
          description: "CAIP-2, or every network of a family: `eip155:*`",
        }),
        few,
      ),
    ),
    intents: t.Optional(t.Array(choice("send", "call", "instructions"), few)),
    assets: t.Optional(t.Array(assetSchema, few)),
    destinations: t.Optional(
      t.Array(t.Union([t.Literal("registered"), t.Literal("allow-listed"), accountSchema]), {
        ...few,
        description:
          "`registered`: the address of registration; `allow-listed`: on the wallet's list, and of age; accounts",
        examples: [["registered"]],
      }),
    ),
    calls: t.Optional(
      t.Array(
        t.Object(
          {
            contract: accountSchema,
            functions: t.Optional(
              t.Array(t.String({ pattern: "^0x([0-9a-f]{2}){1,32}$", examples: ["0xa9059cbb"] }), {
                ...few,
                description: "Selectors or discriminators; without any, all functions",
              }),
            ),
          },
          exactly,
        ),
        few,
      ),
    ),
    amounts: t.Optional(t.Array(t.Object(limit, exactly), { ...few, description: "Of one transfer" })),
    volumes: t.Optional(
      t.Array(t.Object({ ...limit, of: choice(...volumeScopes), window: choice(...volumeWindows) }, exactly), {
        ...few,
        description: "Of all that leaves in a rolling window, this transfer among it",
      }),
    ),
  },
  {
    ...exactly,
    description:
      "What is not named is not asked. A rule that allows holds where everything of the transfer fits and no limit is " +
      "exceeded; a rule that denies as soon as something fits or a limit is exceeded",
  },
);
const named = {
  name: t.String({ pattern: "^[a-z0-9]+(-[a-z0-9]+)*$", maxLength: 60, examples: ["small-amounts"] }),
  when: conditions,
};

const ruleSchema = t.Union([
  t.Object(
    {
      ...{ ...named, effect: t.Literal("allow") },
      approvals: t.Optional(whole({ minimum: 0, maximum: 10, examples: [1], description: "By others" })),
    },
    exactly,
  ),
  t.Object({ ...named, effect: t.Literal("deny") }, exactly),
]);

const titleSchema = t.String({
  minLength: 1,
  maxLength: 120,
  pattern: "\\S",
  examples: ["Small amounts to known places"],
});

/** The language of policies. */
export const policyBody = t.Object({
  title: titleSchema,
  rules: t.Unsafe<readonly PolicyRule[]>(
    t.Array(ruleSchema, { maxItems: 100, description: "In order: of those that allow, the first decides" }),
  ),
});

export const policyVersionSchema = t.Object({
  id: t.String({ examples: ["019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55"] }),
  status: choice("proposed", "in_force", "superseded", "rejected"),
  version: t.Optional(whole({ examples: [2], description: "Given when it came into force" })),
  title: titleSchema,
  rules: t.Unsafe<readonly PolicyRule[]>(t.Array(ruleSchema)),
  words: t.Array(t.String(), { description: "The rules in words" }),
  digest: digestSchema,
  base: t.Optional(whole({ examples: [1], description: "The version that it was written on" })),
  proposedBy: t.Optional(t.String()),
  proposedAt: t.Optional(instantSchema),
  decidedBy: t.Optional(t.String()),
});

const verdict = choice("allowed", "needs-approvals", "refused");

export const trialSchema = t.Object({
  judged: whole({ examples: [200], description: "How many transfers were judged; those of plays are not" }),
  different: listOf(
    t.Object({ transfer: t.String(), at: instantSchema, was: verdict, would: verdict, words: t.String() }),
    { description: "Oldest first" },
  ),
});
