/** More of a request is none that the script makes. */
const HEAD_BYTES_MAX = 4096;

/** A proxy that reaches nothing, and answers as if it had. Disposing of it ends it. */
export interface Upstream extends AsyncDisposable {
  readonly port: number;
}

/** Starts one. */
export function startUpstream(): Upstream {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = new Set<Promise<void>>();
  const open = new Set<Deno.Conn>();
  const accepting = (async () => {
    for await (const connection of listener) {
      open.add(connection);
      serving.add(serve(connection).finally(() => open.delete(connection)));
    }
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      await accepting;
      open.forEach((connection) => connection.close());
      await Promise.all(serving);
    },
  };
}

async function serve(connection: Deno.Conn): Promise<void> {
  try {
    const bytes = new Uint8Array(HEAD_BYTES_MAX);
    while (true) {
      const count = await connection.read(bytes);
      if (count === null) break;
      const answer = answerTo(new TextDecoder().decode(bytes.subarray(0, count)));
      await connection.write(new TextEncoder().encode(answer));
    }
    connection.close();
  } catch {
    // It was closed by the other side, or because all is over.
  }
}

function answerTo(said: string): string {
  if (said.startsWith("CONNECT ")) return "HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(said.length * 317);
  return said.startsWith("GET ") ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" : "";
}
