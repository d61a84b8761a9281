import type { CallPorts } from "../../calls/call_straight.ts";
import { postJson } from "../../calls/post_json.ts";
import type { DeciderConfig } from "../../config/decider_table.ts";
import { escapeControls } from "../../config/toml/printable.ts";
import type { Clock } from "../../net/ports.ts";
import { Deadlines } from "../../net/time/deadlines.ts";
import type { Decider } from "../../proxy/asking/decider.ts";
import { BoundedLines } from "./bounded_lines.ts";
import { CommandDecider } from "./command_decider.ts";
import { guardedDecider } from "./guarded_decider.ts";
import { helperEnv } from "./helper_env.ts";
import type { StartHelperProcess } from "./helper_process.ts";
import { httpDecider } from "./http_decider.ts";

/** Who decides: as configured, or a function of whoever embeds the proxy. */
export interface DeciderSettings extends Omit<DeciderConfig, "asks"> {
  readonly asks: DeciderConfig["asks"] | { readonly kind: "function"; readonly decide: Decider };
}

/** What a decider takes. */
export interface DeciderPorts extends CallPorts {
  readonly clock: Clock;
  /** Told, in printable lines of which there are not too many, what a person should know. */
  readonly diagnose: (line: string) => void;
  readonly startHelper: StartHelperProcess;
  /** The environment of this process, as it was given. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables that hold secrets of request rules: `Config.secretVariables`. */
  readonly secretVariables: readonly string[];
}

/** A decider that may be asked. */
export interface OpenDecider {
  /** Never rejects: whatever goes wrong is a denial. */
  readonly decide: Decider;
  /** Denies what is open, and ends what was started. */
  readonly close: () => Promise<void>;
}

/** Makes a decider. Nothing is started, and nobody called, before the first question. */
export function openDecider(settings: DeciderSettings, ports: DeciderPorts): OpenDecider {
  const { clock, diagnose } = ports;
  const lines = new BoundedLines((line) => diagnose(escapeControls(line)), clock);
  const tell = (line: string) => lines.line(line);
  const deadlines = new Deadlines(clock, (error) => tell(`Cannot end a wait: ${error}`));
  const { ask, close } = deciderOf(settings, ports, tell);
  const closing = new AbortController();
  const decide = guardedDecider(ask, { ...settings, clock, tell, deadlines });
  return {
    decide: (request, signal) => {
      const step = (signal: AbortSignal) => decide(request, signal);
      return underBoth(signal, closing.signal, step);
    },
    close: async () => {
      closing.abort();
      await close();
      deadlines.stop();
      lines.flush();
    },
  };
}

/** Runs a step whose signal is aborted with either; it leaves nothing behind at the one that lives on. */
async function underBoth<T>(
  one: AbortSignal,
  other: AbortSignal,
  step: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const both = [one, other];
  const either = new AbortController();
  const stop = () => either.abort();
  for (const each of both) each.addEventListener("abort", stop, { once: true });
  if (both.some(({ aborted }) => aborted)) stop();
  try {
    return await step(either.signal);
  } finally {
    for (const each of both) each.removeEventListener("abort", stop);
  }
}

function deciderOf(
  { asks, timeoutMs }: DeciderSettings,
  ports: DeciderPorts,
  tell: (line: string) => void,
): { readonly ask: Decider; readonly close: () => Promise<void> } {
  const newId = questionIds();
  const nothing = () => Promise.resolve();
  switch (asks.kind) {
    case "function":
      return { ask: asks.decide, close: nothing };
    case "url":
      return { ask: httpDecider(asks.url, postJson(ports), newId), close: nothing };
    case "command": {
      const { words, folder } = asks;
      const { clock, startHelper } = ports;
      const env = helperEnv(ports.env, ports.secretVariables, Deno.build.os);
      const start = () => startHelper({ words, folder, env });
      const decider = new CommandDecider({ start, clock, tell, newId, hungMs: 2 * timeoutMs });
      return {
        ask: (request, signal) => decider.ask(request, signal),
        close: () => decider.close(),
      };
    }
  }
}

/**
 * Ids that cannot be guessed. What a client chooses may end up in what a careless helper prints: with a guessed id it
 * would answer for itself.
 */
function questionIds(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `d${count}-${crypto.randomUUID()}`;
  };
}
