/** The four verbs a protocol needs from a connection. `Deno.Conn` already has them. */
export interface ByteStream {
  /** Reads into `into`; resolves to the byte count, or `null` once the peer has finished. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of `bytes`; resolves to how many were taken. */
  write(bytes: Uint8Array): Promise<number>;
  /** Tells the peer that nothing more will be written. Reading may go on. */
  closeWrite(): Promise<void>;
  /** Drops the connection both ways. Safe to call twice. */
  close(): void;
}

/** Writes all of `bytes`, however often the stream takes only a part. */
export async function writeAll(
  stream: Pick<ByteStream, "write">,
  bytes: Uint8Array,
): Promise<void> {
  let written = await stream.write(bytes);
  while (written < bytes.length) written += await stream.write(bytes.subarray(written));
}
