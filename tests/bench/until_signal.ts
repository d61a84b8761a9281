// A long job of many children, which a signal ends together with all of them.
import { Children } from "./child.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** As a shell has it for a program ended by a signal that asks for the end. */
const EXIT_INTERRUPTED = 130;

/**
 * Runs `job` until it is done, or until a signal asks for the end; `interrupted` says so to the person.
 * Resolves to the exit code.
 */
export async function untilSignal(
  job: (children: Children) => Promise<number>,
  interrupted: () => void,
): Promise<number> {
  const children = new Children();
  let signalled = false;
  const onSignal = () => {
    signalled = true;
    children.endAll();
  };
  for (const signal of SIGNALS) Deno.addSignalListener(signal, onSignal);
  try {
    return await job(children);
  } catch (error) {
    if (!signalled) throw error;
    interrupted();
    return EXIT_INTERRUPTED;
  } finally {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, onSignal);
  }
}
