import type { IpAddress } from "../net/address/ip.ts";
import type { Decision, Deny } from "./decision.ts";
import type { NetworkRequest } from "./request.ts";
import type { Rule } from "./rule.ts";

/** `full` lets every method through, `limited` only reading ones. */
export type Mode = "full" | "limited";

/** What a policy is made from: rules already parsed, switches already read. */
export interface PolicyDocument {
  readonly enabled: boolean;
  readonly mode: Mode;
  readonly rules: readonly Rule[];
  readonly allowLocalBinding: boolean;
  readonly dangerouslyAllowAllDomains: boolean;
  /** Whether an allowlist miss becomes a question. */
  readonly ask: boolean;
}

/** One step of the way to a decision, for `explain`. */
export interface Step {
  /** The question, in words: "deny rules by name". */
  readonly question: string;
  /** The answer, in words: "no match", or the rule and where it stands. */
  readonly answer: string;
  readonly rule: Rule | null;
}

/** A compiled policy: pure, synchronous and total. The same question gets the same answer. */
export interface Policy {
  readonly document: PolicyDocument;
  /** The question by name: may this request go where it asks to go? `note` is told each step. */
  decide(request: NetworkRequest, note?: (step: Step) => void): Decision;
  /** The question by address, asked of every address a name resolved to. Null lets it pass. */
  decideAddress(
    request: NetworkRequest,
    ip: IpAddress,
    note?: (step: Step) => void,
  ): Deny | null;
}

/** The policy in force, and the only mutable thing in this folder. */
export interface PolicyCell {
  readonly current: Policy;
  replace(next: Policy): void;
}

/** Makes a cell holding `first`. */
export function policyCell(first: Policy): PolicyCell {
  let current = first;
  return {
    get current(): Policy {
      return current;
    },
    replace(next: Policy): void {
      current = next;
    },
  };
}
