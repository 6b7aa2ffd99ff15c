import type { NetworkId, Read, Resolved } from "../domains/shared/mod.ts";

/**
 * Calls a contract at the latest block. Whole numbers come as decimal strings, bytes and addresses as hex. Throws
 * `ChainUnreachable` where no node answers, `Unresolvable` where the call reverts or has no such output.
 */
export type ReadContract = (network: NetworkId, call: Read<Resolved>) => Promise<Resolved>;
