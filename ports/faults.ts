/** The world failed us: not the caller's doing. `retryable` says whether the same call may succeed later. */
export abstract class Fault extends Error {
  abstract readonly retryable: boolean;
  override readonly name = this.constructor.name;
}

export class StoreUnreachable extends Fault {
  readonly retryable = true;
}

/** Others kept writing the same aggregate first. */
export class Contention extends Fault {
  readonly retryable = true;
}

/** The bus has taken no events for so long that no more can be kept for it: nothing is recorded until it takes some. */
export class OutboxFull extends Fault {
  readonly retryable = true;
}

/** A newer release wrote the document; this one may read it, but not change it. */
export class WrittenByNewerRelease extends Fault {
  readonly retryable = true;
}

/** A chain's node did not answer, or not sensibly. */
export class ChainUnreachable extends Fault {
  readonly retryable = true;
}

/** The vault that seals keys did not answer, or not sensibly. Never read as "no such key". */
export class VaultUnreachable extends Fault {
  readonly retryable = true;
}

/** The vault answers others first: it is to be left alone for `retryAfter` milliseconds. */
export class VaultThrottled extends Fault {
  readonly retryable = true;
  readonly retryAfter: number;

  constructor(message: string, retryAfter: number) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

/** The vault knows us, or not, and does not let us: a person must grant it. */
export class VaultForbidden extends Fault {
  readonly retryable = false;
}

/** The vault has it and does not use it: disabled, expired or not yet valid. */
export class VaultEntryDisabled extends Fault {
  readonly retryable = false;
}

/** The vault itself says that it has no such key, version or secret. */
export class VaultEntryAbsent extends Fault {
  readonly retryable = false;
}

/** What was sealed can't be opened: another key, other associated data, or changed bytes. */
export class SealBroken extends Fault {
  readonly retryable = false;
}

/** Another service's fact has not arrived here yet: it will. */
export class NotYetKnown extends Fault {
  readonly retryable = true;
}

/** The bus did not take an event, or not say that it did: it may have. */
export class BusUnreachable extends Fault {
  readonly retryable = true;
}

/** The bus does not let this service do that: its account lacks the permission. */
export class NotPermitted extends Fault {
  readonly retryable = false;
}

/** Another service that was asked did not answer in time, or can't at the moment. */
export class ServiceUnreachable extends Fault {
  readonly retryable = true;
}

/** Another service can't answer what it was asked, now or later. */
export class QuestionFailed extends Fault {
  readonly retryable = false;
}
