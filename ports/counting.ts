/**
 * Counts one more under a key, and tells how many there were in this minute. It answers at once, from what this process knows:
 * what other processes count under the key is added as soon as they have told. Minutes are those of the wall clock.
 */
export type Count = (key: string) => Counted;

export type Counted = {
  /** In this minute so far, this one among them. */
  readonly total: number;
  /** Milliseconds until the minute is over. */
  readonly left: number;
};
