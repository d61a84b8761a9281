/** The ports by which Doorward goes if nobody says otherwise have four digits; it matters to how rows are broken. */
const FIRST = 2000;
const LAST = 9999;

/** Ports of 127.0.0.1 that were free just now, with four digits each. */
export function shortPorts(count: number): readonly number[] {
  const free: number[] = [];
  const begin = FIRST + Math.floor(Math.random() * (LAST - FIRST) / 2);
  for (let port = begin; free.length < count && port <= LAST; port++) {
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      free.push(port);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  return free;
}
