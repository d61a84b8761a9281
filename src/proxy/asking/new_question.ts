import type { QuestionRecord } from "../../audit/event.ts";
import { formatHost } from "../../net/address/host.ts";
import { classifyIp } from "../../net/address/ip_class.ts";
import { CLASS_WORDS } from "../../policy/local_target.ts";
import type { NetworkRequest } from "../../policy/request.ts";
import { formatRulePattern } from "../../policy/rule_pattern.ts";
import { approvalPattern } from "./approval_pattern.ts";
import type { Asker } from "./asker.ts";
import type { Question } from "./question.ts";

/** What a question is made of. */
export interface Asked {
  readonly id: string;
  /** The first of those that wait. */
  readonly request: NetworkRequest;
  readonly asker: Asker;
  /** Unix milliseconds. */
  readonly askedAt: number;
  readonly holdMs: number;
  /** How many wait, now. */
  readonly waiting: () => number;
}

/** Puts a request as a question. */
export function newQuestion(
  { id, request, asker, askedAt, holdMs, waiting }: Asked,
): Question {
  const { target: { host, port }, protocol } = request;
  const { pattern } = approvalPattern(request);
  return {
    id,
    host: formatHost(host),
    port,
    protocol,
    method: asker.method,
    client: asker.client,
    listener: asker.listener,
    ...asker.attribution,
    attempt: asker.attempt(),
    addressClass: host.kind === "ip" ? CLASS_WORDS[classifyIp(host.ip)] : NOT_LOOKED_UP,
    pattern: formatRulePattern(pattern, protocol),
    askedAt,
    expiresAt: askedAt + holdMs,
    get waiting(): number {
      return waiting();
    },
  };
}

/** To look a name up is to tell its owner that somebody asked: that is for an answer to allow. */
const NOT_LOOKED_UP = "a name, not looked up yet";

/** A question in the words of the admin API. */
export function questionRecord(question: Question): QuestionRecord {
  const { id, host, port, protocol, method, client, command, pattern, waiting } = question;
  const { listener, label, execPolicyHint } = question;
  return {
    id,
    host,
    port,
    protocol,
    method,
    client,
    command,
    attempt_id: question.attempt,
    address_class: question.addressClass,
    pattern,
    waiting,
    asked_at: question.askedAt / 1000,
    expires_at: question.expiresAt / 1000,
    listener,
    label,
    exec_policy_hint: execPolicyHint,
  };
}
