import type { CallPorts } from "../../calls/call_straight.ts";
import type { OtlpTarget, Signal } from "../../config/otel/otel_config.ts";
import { printableWebhook } from "../../config/webhook_url.ts";
import type { Clock } from "../../net/ports.ts";
import type { Deadlines } from "../../net/time/deadlines.ts";
import { trusting } from "../../net/tls_client.ts";
import { type Attempt, attempting } from "./attempt.ts";
import type { Encoding } from "./messages/encoder.ts";
import { postExports } from "./post_export.ts";
import { Trouble } from "./trouble.ts";

/** One signal, and where it goes. */
export interface ChannelPlan<T> {
  readonly signal: Signal;
  readonly target: OtlpTarget;
  readonly encoding: Promise<Encoding<T>>;
  /** Ends everything that is sent by it. */
  readonly end: AbortSignal;
}

/** What every channel goes by. */
export interface ChannelPorts {
  readonly ports: CallPorts;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly version: string;
  readonly diagnose: (line: string) => void;
}

/** The way of one signal to its collector. */
export interface Channel<T> {
  /** Makes something ready to be sent. Never rejects. */
  readonly ready: (from: T) => Promise<Attempt>;
  readonly trouble: Trouble;
}

/** Makes the way of a signal. Nothing is sent by that. */
export function openChannel<T>(plan: ChannelPlan<T>, outside: ChannelPorts): Channel<T> {
  const { signal, target, encoding, end } = plan;
  const { ports, clock, deadlines, version, diagnose } = outside;
  const { authorities } = target;
  const post = postExports({
    target,
    ports: authorities === null ? ports : { ...ports, startTls: trusting(authorities) },
    agent: `Doorward/${version}`,
    now: () => clock.now(),
  });
  return {
    ready: attempting({ encoding, post, deadlines, end }),
    trouble: new Trouble({
      what: `export ${signal} to ${printableWebhook(target.url)}`,
      diagnose,
      monotonic: () => clock.monotonic(),
    }),
  };
}
