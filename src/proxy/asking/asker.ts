/** Who sent a request, as far as records and questions tell of it. */
export interface Asker {
  /** `ip:port` of the client. */
  readonly client: string;
  /** `CONNECT`, `UDP`, or the HTTP method as sent. */
  readonly method: string;
  /** The id by which a program told this attempt from others; asked for when it is needed. */
  readonly attempt: () => string | null;
  /**
   * Called when the request begins to wait for a person, for at most `ms`. The signal is aborted when there is
   * nobody left to wait for it.
   */
  readonly held: (ms: number) => AbortSignal;
  /** Called when it waits no more. */
  readonly freed: () => void;
}
