import { type TSchema, t } from "elysia";
import type {
  AccountId,
  Amount,
  AssetId,
  Delta,
  Duration,
  Instant,
  NetworkId,
  UserId,
  Value,
} from "../../domains/shared/mod.ts";
import type { JsonSchema } from "../../ports/mod.ts";

// What has a title becomes a schema of its own in the document: see `_components.ts`.

/** With these fields and no others. */
export function closed<const Fields extends Readonly<Record<string, TSchema>>>(fields: Fields, title?: string) {
  return t.Object<Fields>(fields, { additionalProperties: false, ...(title !== undefined && { title }) });
}

/** Part of something that is recorded whole. */
export function partly<const Fields extends Readonly<Record<string, TSchema>>>(fields: Fields) {
  return t.Object<Fields>(fields, { additionalProperties: true });
}

export function choice<const Words extends readonly string[]>(...words: Words) {
  return t.Unsafe<Words[number]>({ type: "string", enum: words });
}

export function text(example: string, description?: string) {
  return t.String({ examples: [example], ...(description !== undefined && { description }) });
}

export function whole(example: number, description?: string) {
  const told = { examples: [example], ...(description !== undefined && { description }) };
  return t.Unsafe<number>({ type: "integer", minimum: 0, ...told });
}

function branded<Type extends string>(title: string, description: string, example: string, pattern?: string) {
  const form = { type: "string", ...(pattern !== undefined && { pattern }) };
  return t.Unsafe<Type>({ title, description, ...form, examples: [example] });
}

export const yes = t.Boolean();
/** In the domain's type it is always there; JSON leaves out what is undefined. */
export const anything = t.Optional(t.Unknown({ description: "Any JSON" })) as unknown as ReturnType<typeof t.Unknown>;
export const named = t.Record(t.String(), t.Unknown({ description: "Any JSON" }));

export const id = t.String({ format: "uuid", examples: ["019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55"] });
export const reason = text("audit-of-the-vault", "Why");
export const digest = t.String({
  pattern: "^[0-9a-f]{64}$",
  examples: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
  description: "SHA-256 of canonical JSON (RFC 8785)",
});
export const hash = text("0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060", "A transaction's hash");
export const address = text("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
export const fragment = text(
  "function approve(address spender, uint256 amount) returns (bool)",
  "A human-readable ABI fragment",
);

const caip2 = "[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}";
const local = "eip155:31337";

export const userId = branded<UserId>(
  "UserId",
  "A user, or `lucent` for the platform itself",
  "019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c54",
);
export const instant = t.Unsafe<Instant>({
  ...{ title: "Instant", description: "RFC 3339, UTC", type: "string", format: "date-time" },
  examples: ["2026-11-23T01:30:00.000Z"],
});
export const amount = branded<Amount>(
  ...(["Amount", "Base units as a decimal string, below 2^256", "1000000", "^(0|[1-9][0-9]{0,77})$"] as const),
);
export const delta = branded<Delta>(
  ...(["Delta", "A change in base units, signed", "-1000000", "^(0|-?[1-9][0-9]{0,77})$"] as const),
);
export const network = branded<NetworkId>("NetworkId", "A chain (CAIP-2)", local, `^${caip2}$`);
export const account = branded<AccountId>(
  ...(["AccountId", "An account (CAIP-10)", `${local}:0x70997970C51812dc3A010C7d01b50e0d17dc79C8`] as const),
  `^${caip2}:[-.%a-zA-Z0-9]{1,128}$`,
);
export const asset = branded<AssetId>(
  ...(["AssetId", "An asset (CAIP-19)", `${local}/slip44:60`] as const),
  `^${caip2}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}(/[-.%a-zA-Z0-9]{1,78})?$`,
);
export const duration = branded<Duration>("Duration", "ISO 8601, without years and months", "PT20M", "^P[0-9DTHMS]+$");

export const assetAmount = closed({ asset, amount }, "AssetAmount");
export const assetDelta = closed({ asset, delta }, "AssetDelta");
export const action = choice("enter", "adjust", "exit");

/** Who approved what. */
export const proof = closed(
  {
    account,
    action: text("play.approve"),
    digest,
    message: text("lucent.example wants you to sign in …"),
    signature: text("0x4f1b…"),
  },
  "Proof",
);

export const jsonSchema = t.Unsafe<JsonSchema>({
  ...{ title: "JsonSchema", description: "A document of JSON Schema 2020-12", type: "object" },
  examples: [{ type: "object", properties: {}, additionalProperties: false }],
});

const again = { $ref: "#/components/schemas/Value" };
const several = { type: "array", items: again };
const arithmetic = ["sum", "difference", "product", "quotient", "least", "greatest"];
const operation = (name: string, of: object) => ({
  ...{ type: "object", properties: { [name]: of }, required: [name], additionalProperties: false },
});
const read = {
  type: "object",
  properties: { to: again, function: { type: "string" }, arguments: several, output: { type: "string" } },
  ...{ required: ["to", "function", "arguments", "output"], additionalProperties: false },
};

export const value = t.Unsafe<Value>({
  title: "Value",
  description: "A literal or a list, or an operation that is computed when its transfer is planned",
  anyOf: [
    ...[{ type: "string" }, { type: "boolean" }, several],
    ...[operation("from", { type: "string" }), operation("now", duration), operation("read", read)],
    ...arithmetic.map((name) => operation(name, several)),
  ],
  examples: [{ from: "order.amount" }],
});
