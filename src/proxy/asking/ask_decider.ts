import { methodOf } from "../../audit/audit_log.ts";
import { formatHost } from "../../net/address/host.ts";
import { unlessAborted } from "../../net/time/unless_aborted.ts";
import { type BlockReason, namedReason } from "../../policy/decision.ts";
import type { NetworkRequest } from "../../policy/request.ts";
import type { Rule } from "../../policy/rule.ts";
import type { Asker } from "./asker.ts";
import type { Decider, DeciderAnswer, DeciderRequest } from "./decider.ts";

/** What a program that decides says of a request that no rule names. */
export type Verdict =
  /** It may go on, by this rule that is no part of the policy. */
  | { readonly kind: "approved"; readonly rule: Rule }
  | Denied
  /** A person could allow it. */
  | { readonly kind: "ask"; readonly said?: string };

/** As the fields of a denial. */
interface Denied {
  readonly kind: "denied";
  readonly reason: BlockReason;
  readonly said?: string;
  readonly detail?: string;
}

/** Asks the program. Rejects with the signal's reason when the client has gone, and with nothing else. */
export type AskDecider = (
  request: NetworkRequest,
  asker: Asker,
  signal: AbortSignal,
) => Promise<Verdict>;

/** Longer than any decider is given: a client that waits for one is not idle. */
const HELD_MS = 3_660_000;

/**
 * Asks `decide`. Whatever it does but answer is a denial.
 *
 * @param approve makes the rule by which one request may pass
 */
export function askDecider(
  decide: Decider,
  approve: (request: NetworkRequest) => Rule,
): AskDecider {
  return async (request, asker, signal) => {
    // One that has said all it has to say, and closed its side, still waits: a program answers soon.
    asker.held(HELD_MS);
    try {
      const asked = deciderRequest(request, asker);
      const answering = new Promise<DeciderAnswer>((resolve) => resolve(decide(asked, signal)));
      return verdictOf(await unlessAborted(answering, signal), () => approve(request));
    } catch {
      signal.throwIfAborted();
      return FAILED;
    } finally {
      asker.freed();
    }
  };
}

const FAILED: Denied = { kind: "denied", reason: "decider_failed" };

/** A reason is a word or a sentence: a longer one is cut, for it stands in a line of a record. */
const WORD_CHARACTERS_MAX = 200;

/** What may hold the name that a client chose must not begin a line of its own in what programs and people read. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A request as a decider sees it. */
function deciderRequest(
  { target: { host, port }, protocol }: NetworkRequest,
  { method, client, attribution, attempt, listener }: Asker,
): DeciderRequest {
  const { label, command, execPolicyHint } = attribution;
  return {
    host: formatHost(host),
    port,
    protocol,
    method: methodOf(protocol, method),
    clientAddr: client,
    command,
    execPolicyHint,
    attemptId: attempt(),
    label,
    listener,
  };
}

function verdictOf(answer: DeciderAnswer, approve: () => Rule): Verdict {
  switch (answer.decision) {
    case "allow":
      return { kind: "approved", rule: approve() };
    case "deny":
      return denied(answer.reason);
    case "ask": {
      const { reason, said } = reasonOf(answer.reason, "not_allowed");
      const word = said ?? (reason === "not_allowed" ? undefined : reason);
      return { kind: "ask", ...(word === undefined ? {} : { said: word }) };
    }
    default:
      // Written in a language without types: no answer of ours is none.
      return FAILED;
  }
}

/** What a decider says that failed, or whoever watches over it: then what went wrong. */
const FAILURE = /^decider_failed(?:: (.*))?$/;

function denied(reason: string): Denied {
  const failure = FAILURE.exec(recordedWord(reason));
  if (failure !== null) return { ...FAILED, detail: failure[1] ?? "" };
  return { kind: "denied", ...reasonOf(reason, "policy_denied") };
}

/** Words of ours that say what a decider cannot know: how the proxy is, and whether the request is well formed. */
const NOT_ITS: ReadonlySet<BlockReason> = new Set(["proxy_disabled", "host_mismatch"]);

/** A word of ours is our reason; any other is kept beside the general one. */
function reasonOf(
  given: string,
  general: BlockReason,
): { readonly reason: BlockReason; readonly said?: string } {
  const word = recordedWord(given);
  if (word === "") return { reason: general };
  const reason = namedReason(word);
  return reason === null || NOT_ITS.has(reason) ? { reason: general, said: word } : { reason };
}

/** Empty for what is no text, too: a decider may be written in a language without types. */
function recordedWord(given: unknown): string {
  if (typeof given !== "string") return "";
  const characters = [...given.trim().replaceAll(UNPRINTABLE, "?")];
  if (characters.length <= WORD_CHARACTERS_MAX) return characters.join("");
  return `${characters.slice(0, WORD_CHARACTERS_MAX - 1).join("")}…`;
}
