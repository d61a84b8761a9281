import type { ListenSignals } from "./listen_signals.ts";

/**
 * Calls `reload` for each SIGHUP, as servers do; but not for the one that says that the terminal has gone away,
 * which is for `endSignal`.
 */
export function reloadSignal(
  listen: ListenSignals,
  reload: () => void,
  terminalIsGone: () => boolean,
): Disposable {
  return listen(["SIGHUP"], () => {
    if (!terminalIsGone()) reload();
  });
}
