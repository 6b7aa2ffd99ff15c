import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type AuditedJournal, nextRoot, type Signing, signedText, verifyJournal } from "../domains/notification/mod.ts";
import type {
  Clock,
  Journal,
  Log,
  RecordKind,
  RecordStore,
  Sealed,
  SealedKind,
  Stored,
  Vault,
  WitnessStore,
} from "../ports/mod.ts";
import { every } from "./every.ts";
import { sha256, verifying } from "./verifying.ts";

const entriesAtOnce = 500;

/** A service's Ed25519 private key, sealed; `roots` counts what it has signed and handed over. */
type SigningKey = { readonly sealed: Sealed; readonly roots: number };

/** Kept in the service's own store. */
export const signingKeyKind: RecordKind<SigningKey> = { name: "signing_key", indexes: [] };
export const signingKeyOf = (service: string): SealedKind<SigningKey> => ({
  ...signingKeyKind,
  resealed: async ({ value }, again) => ({ ...value, sealed: await again(purposeOf(service), value.sealed) }),
});

/** A service, and the store of another one that keeps its roots. */
export type Witnessed = {
  readonly service: string;
  readonly journal: Journal;
  readonly keys: RecordStore<SigningKey>;
  readonly witness: WitnessStore;
};

type Dependencies = {
  readonly services: readonly Witnessed[];
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  readonly milliseconds?: number;
};

/**
 * Signs roots over what was journalled, every minute and when disposed. Where it goes on is in the last root: a crash
 * repeats nothing and leaves nothing out.
 */
export function createWitness({ services, vault, clock, log, milliseconds = 60_000 }: Dependencies) {
  const opened = new Map<string, KeyObject>();

  async function open(service: string, { sealed }: SigningKey): Promise<KeyObject> {
    const key = opened.get(service) ?? keyFrom(await vault.open(purposeOf(service), sealed));
    opened.set(service, key);
    return key;
  }

  async function keyOf(witnessed: Witnessed): Promise<Stored<SigningKey>> {
    const { service, keys, witness } = witnessed;
    const stored = await keys.get("1");
    if (stored) return stored;
    if (await witness.latest(service)) {
      throw new Error(`Cannot witness ${service}: there are roots, and the key that signed them is gone`);
    }
    const { privateKey } = generateKeyPairSync("ed25519");
    const sealed = await vault.seal(purposeOf(service), privateKey.export({ format: "der", type: "pkcs8" }));
    // Of two who make a key, the first one's stays.
    await keys.put("1", { sealed, roots: 0 }, 0);
    return await keyOf(witnessed);
  }

  async function witnessOne(witnessed: Witnessed): Promise<void> {
    const { service, journal, keys, witness } = witnessed;
    for (let more = true; more; ) {
      const latest = await witness.latest(service);
      const page = await journal.inspect({ limit: entriesAtOnce, ...(latest && { after: latest.cursor }) });
      if (page.items.length === 0) return;
      const { value, revision } = await keyOf(witnessed);
      if ((latest?.number ?? 0) < value.roots) {
        // Another replica may have signed since it was asked for.
        const { number: left = 0 } = (await witness.latest(service)) ?? {};
        if (left >= value.roots) continue;
        throw new Error(`Cannot witness ${service}: of ${value.roots} roots ${left} are left`);
      }
      const key = await open(service, value);
      const { root, leaves } = nextRoot(sha256, {
        ...{ service, latest, entries: page.items },
        key: publicHex(key),
        at: clock(),
      });
      const signature = sign(null, Buffer.from(signedText(root)), key).toString("hex");
      const outcome = await witness.append({ ...root, signature }, leaves);
      // Another replica came first with a root, or with the count: the next look shows what is left to do.
      if (outcome === "kept") await keys.put("1", { ...value, roots: root.number }, revision);
      more = outcome === "conflict" || page.next !== undefined;
    }
  }

  /** Signs what is there now, of every service; throws the first failure after all were tried. */
  async function witnessNow(): Promise<void> {
    const outcomes = await Promise.allSettled(services.map(witnessOne));
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  }

  async function signing({ service, keys }: Witnessed): Promise<Signing | undefined> {
    const stored = await keys.get("1");
    if (!stored) return undefined;
    return { key: publicHex(await open(service, stored.value)), roots: stored.value.roots };
  }

  const minutely = every(milliseconds, "witness the journals", witnessNow, log);
  return {
    witnessNow,
    /** What the audit reads and verifies. */
    journals: services.map((each): AuditedJournal => {
      const { service, journal, witness } = each;
      const witnessed = { service, journal, witness, signing: () => signing(each) };
      return { service, journal, verify: () => verifyJournal(witnessed, verifying) };
    }),
    async [Symbol.asyncDispose]() {
      await minutely[Symbol.asyncDispose]();
      await witnessNow().catch((error) => log("Cannot witness the journals", { error }));
    },
  };
}

function purposeOf(service: string): string {
  return `journal/${service}/signing-key/1`;
}

function keyFrom(der: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" });
}

function publicHex(privateKey: KeyObject): string {
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  return Buffer.from(x, "base64url").toString("hex");
}
