/**
 * Tells every process of a service, this one included, that something happened. At most once, and not while a process is
 * cut off: what counts is in a store, and who listens looks there from time to time.
 */
export interface Broadcast {
  /** Does not wait for anyone. `news` is plain JSON. */
  tell(news: unknown): void;
  /** Hears what is told from now on, until disposed. */
  listen(hear: (news: unknown) => void): AsyncDisposable;
}
