import { ProtocolError } from "../net/errors.ts";
import type { BufferedReader } from "../net/stream/buffered_reader.ts";
import type { BadMessage, Decoded } from "./decoded.ts";

/**
 * Takes one message, or says why the bytes are none. Nothing is taken beyond it, and no more is asked for
 * than a message needs: how much that may be, the decoder decides.
 *
 * @throws {ProtocolError} when the stream ends first
 */
export async function readMessage<Message, Bad extends BadMessage>(
  reader: BufferedReader,
  decode: (bytes: Uint8Array) => Decoded<Message, Bad>,
  peer: "client" | "upstream",
): Promise<{ readonly kind: "message"; readonly message: Message } | Bad> {
  while (true) {
    const decoded = decode(reader.buffered);
    if (decoded.kind === "message") {
      reader.consume(decoded.length);
      return decoded;
    }
    if (decoded.kind === "bad") return decoded;
    if (!(await reader.fill())) {
      throw new ProtocolError(
        peer,
        "cut_short",
        "Cannot read a SOCKS5 message: the connection ended in it",
      );
    }
  }
}
