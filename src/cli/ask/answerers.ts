import type { Config } from "../../config/config.ts";
import { Deadlines } from "../../net/time/deadlines.ts";
import { boundedResolver } from "../../proxy/bounded_resolver.ts";
import type { Answerer } from "../../proxy/asking/question.ts";
import type { Surroundings } from "../surroundings.ts";
import { inFront } from "./in_front.ts";
import { postJson } from "../../calls/post_json.ts";
import { questionDetails } from "./question_details.ts";
import type { Keys } from "./keys.ts";
import { stdinKeys } from "./stdin_keys.ts";
import { terminalPrompt } from "./terminal_prompt.ts";
import { ttyKeys } from "./tty_keys.ts";
import { webhook } from "../../library/ask_webhook.ts";

/** Who is asked by `start`: whoever sits at its terminal, and the webhook. */
export function answerersOfStart(config: Config, here: Surroundings): () => readonly Answerer[] {
  const keys = here.stdinIsTerminal && here.terminal.err.isTerminal
    ? stdinKeys({
      stdin: here.stdin,
      push: here.pushInput,
      inFront: () => inFront(here.pid, here.startHelper),
      clock: here.clock,
    })
    : null;
  return answerers(config, keys, here);
}

/** Who is asked by `run`, whose standard input is its child's. */
export function answerersOfRun(config: Config, here: Surroundings): () => readonly Answerer[] {
  const { startHelper: start, clock, os } = here;
  return answerers(
    config,
    here.terminal.err.isTerminal ? ttyKeys({ start, clock, os }) : null,
    here,
  );
}

function answerers(
  { askWebhook, limits }: Config,
  keys: Keys | null,
  here: Surroundings,
): () => readonly Answerer[] {
  const { terminal, clock, resolve, dial, startTls } = here;
  const all: Answerer[] = [];
  if (keys !== null) {
    const deadlines = new Deadlines(clock, (error) => reportError(error));
    const bounded = boundedResolver(resolve, deadlines, limits.dnsMs);
    const explain = questionDetails(bounded);
    all.push(terminalPrompt({ terminal, keys, clock, explain }));
  }
  if (askWebhook !== null) all.push(webhook(askWebhook, postJson({ resolve, dial, startTls })));
  return () => all;
}
