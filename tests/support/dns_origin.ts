/** A server of DNS that knows one address, and remembers what it was asked. */
export interface DnsOrigin extends AsyncDisposable {
  readonly port: number;
  /** The names, in order. */
  readonly asked: readonly string[];
}

/** `AA`, `RD`, `RA` and no fault, in an answer (RFC 1035 section 4.1.1). */
const ANSWER_FLAGS = [0x85, 0x80];
/** The name is that of the question: a pointer to it (RFC 1035 section 4.1.4). Type A, class IN, an hour. */
const RECORD = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0x0e, 0x10, 0, 4];
const QUESTION_AT = 12;

/** Starts one, at a free port of an address of this machine. Every name has the address 192.0.2.53. */
export function startDnsOrigin(hostname: string): DnsOrigin {
  const socket = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  const asked: string[] = [];
  const serving = (async () => {
    for await (const [query, from] of socket) {
      const { name, end } = question(query);
      asked.push(name);
      const head = [query[0]!, query[1]!, ...ANSWER_FLAGS, 0, 1, 0, 1, 0, 0, 0, 0];
      const answer = [...head, ...query.subarray(QUESTION_AT, end), ...RECORD, 192, 0, 2, 53];
      await socket.send(Uint8Array.from(answer), from);
    }
  })();
  return {
    port: (socket.addr as Deno.NetAddr).port,
    asked,
    async [Symbol.asyncDispose](): Promise<void> {
      socket.close();
      await serving.catch(() => {
        // Closed in the middle of an answer.
      });
    },
  };
}

/** The name of the one question, and where the question ends. */
function question(query: Uint8Array): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = QUESTION_AT;
  while (query[at] !== 0) {
    const length = query[at]!;
    labels.push(new TextDecoder().decode(query.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  return { name: labels.join("."), end: at + 5 };
}
