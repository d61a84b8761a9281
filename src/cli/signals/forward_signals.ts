import type { Child } from "../child.ts";
import type { ListenSignals } from "./listen_signals.ts";

/** Signals on their way to a child. */
export interface SignalForwarding extends Disposable {
  /** Names the child. What arrived before it was there is handed on now. */
  to(child: Child): void;
}

/** A terminal sends these to everybody in front of it, the child among them. */
const FROM_KEYBOARD: readonly Deno.Signal[] = ["SIGINT", "SIGQUIT"];
const OTHERS: readonly Deno.Signal[] = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"];

/**
 * Hands the signals that we get on to a child, so that the two end together. On a terminal the keyboard's
 * signals reach the child by themselves: we only stay alive to report how it ended.
 */
export function forwardSignals(listen: ListenSignals, onTerminal: boolean): SignalForwarding {
  const early: Deno.Signal[] = [];
  let hand = (signal: Deno.Signal): void => {
    early.push(signal);
  };
  const listening = listen([...FROM_KEYBOARD, ...OTHERS], (signal) => {
    if (onTerminal && FROM_KEYBOARD.includes(signal)) return;
    hand(signal);
  });
  return {
    to(child: Child): void {
      hand = (signal) => child.kill(signal);
      early.forEach(hand);
    },
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}
