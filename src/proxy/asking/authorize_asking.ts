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
import type { Asker } from "./asker.ts";
import type { Outcome } from "./questions.ts";

/** What asking takes. */
export interface AskingParts {
  readonly policy: PolicyCell;
  readonly options: AuthorizeOptions;
  /** Who is asked where no rule decides. */
  readonly ask: (request: NetworkRequest, asker: Asker, signal: AbortSignal) => Promise<Outcome>;
}

/** How often a policy that changes while a person is asked is asked again itself. */
const TURNS_MAX = 4;

/**
 * Asks the policy in force, and a person where it says so. What the person says is put to the policy again, so that
 * an approval is worth no more than a rule: what is denied, local, or blocked by the mode stays so. Rejects with a
 * `ConnectError` when the look-up fails.
 */
export async function authorizeAsking(
  request: NetworkRequest,
  asker: Asker,
  { policy, options, ask }: AskingParts,
  signal: AbortSignal,
): Promise<Grant | Inspection | Refused> {
  let { approved } = options;
  for (let turn = 1;; turn++) {
    const { current } = policy;
    const asked = approved === undefined ? options : { ...options, approved };
    const outcome = withPolicy(await authorize(request, current, asked, signal), current);
    if (outcome.verdict !== "ask") return outcome;
    // A question whose answer would change nothing is none.
    const guarded = current.decideApproved(request, null);
    if (guarded.verdict === "deny") return withPolicy(guarded, current);
    if (turn === TURNS_MAX) return outcome;
    const answer = await ask(request, asker, signal);
    switch (answer.kind) {
      case "denied":
        return { ...NO, detail: answer.why, policy: current };
      case "unanswered":
        return { ...outcome, detail: answer.why };
      case "approved":
        approved = answer.rule;
        break;
      case "changed":
        break;
    }
  }
}

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
