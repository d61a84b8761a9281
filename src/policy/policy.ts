import type { IpAddress } from "../net/address/ip.ts";
import type { Allow, Decision, Deny, Inspect } from "./decision.ts";
import type { Inside } from "./inside_guard.ts";
import type { NetworkRequest, TunnelRequest } from "./request.ts";
import type { RequestRule } from "./request_rule.ts";
import type { Rule } from "./rule.ts";
import type { SocketRequest } from "./socket_request.ts";

/** `full` lets every method through, `limited` only reading ones. */
export type Mode = "full" | "limited";

/** What a policy is made from: rules already parsed, switches already read. */
export interface PolicyDocument {
  readonly enabled: boolean;
  readonly mode: Mode;
  readonly rules: readonly Rule[];
  /** Rules of the admin API and of approvals, which come after those of the configuration. */
  readonly runtimeRules?: readonly Rule[];
  /** What requests to some of the allowed hosts have to be, in the order in which they are asked. */
  readonly requestRules: readonly RequestRule[];
  readonly allowLocalBinding: boolean;
  readonly dangerouslyAllowAllDomains: boolean;
  /** Whether tunnels can be looked into: TLS in them ends here. */
  readonly interception: boolean;
  /**
   * Whether tunnels on the ports of the web are looked into where nothing needs it: what they carry is to be known. A rule
   * that says `raw` still keeps one from it.
   */
  readonly inspectsAll?: boolean;
  /** Whether the name in a TLS handshake must be the one that was allowed. */
  readonly sniBinding: boolean;
  /** Whether a TLS handshake that may hide another name (ECH) is refused. */
  readonly denyEch: boolean;
  /** Whether an allowlist miss becomes a question to a person. */
  readonly ask: boolean;
  /** Whether a program is asked about an allowlist miss, before any person is. */
  readonly decider?: boolean;
  /** The unix sockets that may be reached, each with its symbolic links resolved when it was read. */
  readonly unixSockets: readonly string[];
  readonly dangerouslyAllowAllUnixSockets: boolean;
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
  /** Counts the policies of this process, from 1: whatever two records share it was decided by one policy. */
  readonly generation: number;
  /** The question by name: may this request go where it asks to go? `note` is told each step. */
  decide(request: NetworkRequest, note?: (step: Step) => void): Decision;
  /**
   * The question that is left of a request whose host somebody has approved who was asked: an approval is worth no
   * more than a rule of the allowlist.
   */
  decideApproved(
    request: NetworkRequest,
    approved: Rule | null,
    note?: (step: Step) => void,
  ): Allow | Inspect | Deny;
  /** The question before any target is known: may any datagram pass? Null: it depends on the target. */
  decideDatagrams(): Deny | null;
  /** The question by address, asked of every address a name resolved to. Null lets it pass. */
  decideAddress(
    request: NetworkRequest,
    ip: IpAddress,
    note?: (step: Step) => void,
  ): Deny | null;
  /** Whether the first words inside a tunnel have to be looked at: see {@linkcode Policy.decideInside}. */
  looksInside(request: TunnelRequest): boolean;
  /** The question by what a tunnel turns out to carry. Null lets it pass. */
  decideInside(request: TunnelRequest, inside: Inside): Deny | null;
  /**
   * The question of a request to a unix socket before its path is resolved: may it do what it does? Null: it
   * depends on where the path leads.
   */
  decideSocketEntrance(request: SocketRequest, note?: (step: Step) => void): Deny | null;
  /**
   * The whole question of a request to a unix socket. `canonical` is where its path leads once every symbolic
   * link is resolved; null where that cannot be told, which no list allows. Null lets it pass.
   */
  decideSocket(
    request: SocketRequest,
    canonical: string | null,
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
