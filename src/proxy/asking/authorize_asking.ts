import { ConnectError } from "../../net/errors.ts";
import type { Ask, Deny } from "../../policy/decision.ts";
import type { Policy, PolicyCell } from "../../policy/policy.ts";
import type { NetworkRequest } from "../../policy/request.ts";
import {
  authorize,
  type AuthorizeOptions,
  type Grant,
  type Inspection,
  type Refused,
} from "../authorize.ts";
import type { AskDecider } from "./ask_decider.ts";
import type { Asker } from "./asker.ts";
import type { Outcome } from "./questions.ts";

/** What asking takes. */
export interface AskingParts {
  readonly policy: PolicyCell;
  readonly options: AuthorizeOptions;
  /** The program that is asked before any person is; null where there is none. */
  readonly decide: AskDecider | null;
  /** Who is asked where no rule decides. */
  readonly ask: (request: NetworkRequest, asker: Asker, signal: AbortSignal) => Promise<Outcome>;
  /**
   * Told of each request that this policy lets through by name, and for which no address is to be had: the look-up
   * `failed`, or the client has `closed` meanwhile. Whose name it is has heard of it in any case.
   */
  readonly unresolved: (unresolved: Unresolved) => void;
}

/** A request that is let through by name, and goes nowhere. */
export interface Unresolved {
  readonly request: NetworkRequest;
  readonly policy: Policy;
  readonly asker: Asker;
  readonly outcome: "failed" | "closed";
}

/** How often a policy that changes while a person is asked is asked again itself. */
const TURNS_MAX = 4;

/**
 * Asks the policy in force, and where no rule decides a program and a person, as it says. What they say is put to the
 * policy again, so that an approval is worth no more than a rule: what is denied, local, or blocked by the mode stays
 * so. The program is asked once. Rejects with a `ConnectError` when the look-up fails.
 */
export async function authorizeAsking(
  request: NetworkRequest,
  asker: Asker,
  { policy, options, decide, ask, unresolved }: AskingParts,
  signal: AbortSignal,
): Promise<Grant | Inspection | Refused> {
  let { approved } = options;
  let said: string | undefined;
  let isDecided = false;
  for (let turn = 1;; turn++) {
    const { current } = policy;
    const asked = approved === undefined ? options : { ...options, approved };
    let outcome: Grant | Inspection | Refused;
    try {
      outcome = withPolicy(await authorize(request, current, asked, signal), current);
    } catch (error) {
      const how = signal.aborted ? "closed" : "failed";
      if (signal.aborted || error instanceof ConnectError) {
        unresolved({ request, policy: current, asker, outcome: how });
      }
      throw error;
    }
    if (outcome.verdict !== "ask") return outcome;
    // A question whose answer would change nothing is none.
    const guarded = current.decideApproved(request, null);
    if (guarded.verdict === "deny") return withPolicy(guarded, current);
    if (decide !== null && !isDecided && current.document.decider === true) {
      isDecided = true;
      const verdict = await decide(request, asker, signal);
      if (verdict.kind === "denied") return { ...DECIDED, ...verdict, policy: current };
      if (verdict.kind === "ask") said = verdict.said;
      // The policy may have changed meanwhile, and may want no program's word any more.
      else if (policy.current.document.decider === true) approved = verdict.rule;
      continue;
    }
    if (!current.document.ask || turn >= TURNS_MAX) return asking(outcome, said);
    const answer = await ask(request, asker, signal);
    switch (answer.kind) {
      case "denied":
        return { ...NO, detail: answer.why, policy: current };
      case "unanswered":
        return { ...asking(outcome, said), detail: answer.why };
      case "approved":
        approved = answer.rule;
        break;
      case "changed":
        break;
    }
  }
}

/** A question that nobody answers, with the word of the program that would not either. */
function asking(outcome: Refused, said: string | undefined): Refused {
  return said === undefined ? outcome : { ...outcome, said };
}

/** What a program says that was asked, and said no. */
const DECIDED = {
  verdict: "deny",
  source: "decider",
  rule: null,
  detail: "",
} as const satisfies Omit<Deny, "reason">;

/** What somebody says who was asked, and said no. */
const NO = {
  verdict: "deny",
  reason: "not_allowed",
  source: "decider",
  rule: null,
} as const satisfies Omit<Deny, "detail">;

/** Keeps with a refusal which policy spoke it; a grant knows. */
export function withPolicy<T extends Grant | Inspection>(
  outcome: T | Ask | Deny,
  policy: Policy,
): T | Refused {
  return isRefusal(outcome) ? { ...outcome, policy } : outcome;
}

function isRefusal(outcome: Grant | Inspection | Ask | Deny): outcome is Ask | Deny {
  return outcome.verdict === "ask" || outcome.verdict === "deny";
}
