/** Below what systems hand out as free ports: Linux begins at 32768, others at 49152. */
const LOWEST = 15_000;
const HIGHEST = 30_000;

/** How often another port is tried. */
const TRIES = 100;

/**
 * Listens on a port that no listener gets by chance. Doorward refuses its own port on every address of this machine, and
 * a server of a test that has the same one on 127.0.0.2 would be refused with it.
 */
export function onLowPort<T>(listen: (port: number) => T): T {
  for (let tries = 1;; tries++) {
    const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
    try {
      return listen(LOWEST + number % (HIGHEST - LOWEST));
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || tries === TRIES) throw error;
    }
  }
}
