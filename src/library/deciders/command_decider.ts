import { unlessAborted } from "../../net/time/unless_aborted.ts";
import type { DeciderAnswer, DeciderRequest } from "../../proxy/asking/decider.ts";
import { DeciderFailure } from "./decider_failure.ts";
import type { HelperProcess } from "./helper_process.ts";
import { type HelperPorts, RunningHelper } from "./running_helper.ts";

/** After a life without an answer; doubled after each further one. */
const BACK_OFF_MS = 250;
/** Shorter than the time that a decider is left alone for that failed often: then it is started again. */
const BACK_OFF_MAX_MS = 8000;

/** What a decider that is a program takes. */
export interface CommandDeciderPorts extends HelperPorts {
  /** Throws where it cannot be started. */
  readonly start: () => HelperProcess;
}

/**
 * Asks a program that is started for the first question, and again when it has ended; there is never more than one.
 * What fails rejects with a `DeciderFailure`.
 */
export class CommandDecider {
  readonly #ports: CommandDeciderPorts;
  #helper: RunningHelper | null = null;
  /** How many in a row have ended without an answer, or could not be started. */
  #inVain = 0;
  #notBefore = -Infinity;
  #closed = false;

  constructor(ports: CommandDeciderPorts) {
    this.#ports = ports;
  }

  /** Asks it. */
  async ask(request: DeciderRequest, signal: AbortSignal): Promise<DeciderAnswer> {
    const helper = await this.#ready(signal);
    return await helper.ask(request, signal);
  }

  /** Ends it. Resolves when its process is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#helper?.end(null);
    await this.#helper?.gone;
  }

  async #ready(signal: AbortSignal): Promise<RunningHelper> {
    this.#helper?.endIfHung();
    // It may be another one that is over by then.
    while (this.#helper?.isOver === true) {
      const over = this.#helper;
      await unlessAborted(over.gone, signal);
      if (this.#helper === over) this.#bury(over);
    }
    if (this.#closed) throw new DeciderFailure("ended", "Doorward ends");
    this.#helper ??= this.#start();
    return this.#helper;
  }

  #bury(over: RunningHelper): void {
    this.#helper = null;
    if (over.hasAnswered) this.#inVain = 0;
    else this.#wentInVain();
  }

  #wentInVain(): void {
    const pause = Math.min(BACK_OFF_MS * 2 ** this.#inVain, BACK_OFF_MAX_MS);
    this.#inVain += 1;
    this.#notBefore = this.#ports.clock.monotonic() + pause;
  }

  #start(): RunningHelper {
    if (this.#ports.clock.monotonic() < this.#notBefore) {
      throw new DeciderFailure("not_started", "it ended, and is not started again yet");
    }
    try {
      return new RunningHelper(this.#ports.start(), this.#ports);
    } catch (cause) {
      this.#wentInVain();
      this.#ports.tell(`Cannot start the decider: ${whyNot(cause)}`);
      throw new DeciderFailure("not_started", "it cannot be started", { cause });
    }
  }
}

function whyNot(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such program, or folder";
  if (error instanceof Deno.errors.PermissionDenied) return "it is not executable";
  if (error instanceof Deno.errors.NotCapable) return "Doorward was started without --allow-run";
  return error instanceof Error ? error.message : String(error);
}
