/**
 * What the bytes that came so far make: a message, the beginning of one, or nothing that could become one.
 * A decoder says "bad" at the first byte that shows it, so that nobody is waited for in vain.
 */
export type Decoded<Message, Bad = BadMessage> =
  | {
    readonly kind: "message";
    readonly message: Message;
    /** How many of the bytes it took. What follows belongs to the next message. */
    readonly length: number;
  }
  /** It may become a message once more bytes are there. */
  | { readonly kind: "more" }
  | Bad;

/** Bytes that are no message, whatever follows. */
export interface BadMessage {
  readonly kind: "bad";
  /** One clause, fit for a log line: bytes of the peer stand in it as numbers only. */
  readonly why: string;
}
