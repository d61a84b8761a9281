import { createSocket } from "node:dgram";

/** What each name resolves to. A function is asked each time, so that an answer can change. */
export type Zone = Readonly<Record<string, readonly string[] | (() => readonly string[])>>;

const TYPE_A = 1;
const TYPE_AAAA = 28;

/** A DNS server on 127.0.0.1:53 that answers from a table and writes down every question (RFC 1035). */
export async function serveDns(zone: Zone): Promise<{ asked: string[]; close(): void }> {
  const asked: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const { name, type, end } = question(query);
    const entry = zone[name];
    if (type === TYPE_A) asked.push(name);
    const addresses = typeof entry === "function" ? (type === TYPE_A ? entry() : []) : entry;
    const records = (addresses ?? []).filter((address) =>
      type === (address.includes(":") ? TYPE_AAAA : TYPE_A)
    );
    const rcode = entry === undefined ? 3 : 0;
    socket.send(answer(query.subarray(0, end), type, records, rcode), from.port, from.address);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.bind(53, "127.0.0.1", () => resolve());
  await promise;
  return { asked, close: () => socket.close() };
}

function question(query: Uint8Array): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  while (query[at] !== 0) {
    const length = query[at]!;
    labels.push(new TextDecoder().decode(query.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  const type = (query[at + 1]! << 8) | query[at + 2]!;
  return { name: labels.join(".").toLowerCase(), type, end: at + 5 };
}

function answer(
  query: Uint8Array,
  type: number,
  addresses: readonly string[],
  rcode: number,
): Uint8Array {
  const head = query.slice();
  head.set([0x81, 0x80 | rcode, 0, 1, 0, addresses.length, 0, 0, 0, 0], 2);
  const records = addresses.map((address) => {
    const data = address.includes(":") ? ipv6Bytes(address) : address.split(".").map(Number);
    return [0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length, ...data];
  });
  return Uint8Array.from([...head, ...records.flat()]);
}

/** Only the full form: eight groups. */
function ipv6Bytes(address: string): number[] {
  return address.split(":").flatMap((group) => {
    const bits = parseInt(group, 16);
    return [bits >> 8, bits & 0xff];
  });
}
