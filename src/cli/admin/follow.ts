import { EXIT } from "../exit_code.ts";
import type { Surroundings } from "../surroundings.ts";
import type { AdminClient, Watcher } from "./admin_client.ts";

/** Watches events until a signal or the end of whoever reads them (0), or until the proxy ends (1). */
export async function follow(
  admin: AdminClient,
  path: string,
  here: Pick<Surroundings, "signals" | "terminal">,
  watcher: Watcher,
): Promise<number> {
  const over = new AbortController();
  const listening = here.signals(["SIGINT", "SIGTERM", "SIGHUP"], () => over.abort());
  here.terminal.out.gone.then(() => over.abort());
  // A second Ctrl-C ends what the first could not.
  over.signal.addEventListener("abort", () => listening[Symbol.dispose](), { once: true });
  try {
    await admin.events(path, over.signal, watcher);
  } catch (error) {
    if (!over.signal.aborted) throw error;
  } finally {
    listening[Symbol.dispose]();
  }
  if (over.signal.aborted) return EXIT.done;
  here.terminal.err.line(`doorward: The proxy on ${admin.url} has ended`);
  return EXIT.no;
}
