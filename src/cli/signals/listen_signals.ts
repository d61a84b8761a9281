/**
 * Calls `on` for each of `names` that arrives, instead of what the signal would do, until disposed of.
 * Names that this system does not know are passed over.
 */
export type ListenSignals = (
  names: readonly Deno.Signal[],
  on: (name: Deno.Signal) => void,
) => Disposable;

/** The signals that this process gets. */
export function systemSignals(
  names: readonly Deno.Signal[],
  on: (name: Deno.Signal) => void,
): Disposable {
  const undo: (() => void)[] = [];
  for (const name of names) {
    const listener = () => on(name);
    try {
      Deno.addSignalListener(name, listener);
    } catch {
      // Windows knows three of them only, and nobody can send it the others.
      continue;
    }
    undo.push(() => Deno.removeSignalListener(name, listener));
  }
  return { [Symbol.dispose]: () => undo.forEach((forget) => forget()) };
}
