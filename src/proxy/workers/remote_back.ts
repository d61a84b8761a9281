import type { Requester } from "../../audit/audit_log.ts";
import type { Clock } from "../../net/ports.ts";
import type { Verdict } from "../asking/ask_decider.ts";
import type { Outcome } from "../asking/questions.ts";
import { blockedRecord } from "../blocked.ts";
import type { Back } from "../front.ts";
import { endingOf, type Noted, notedAllowed, notedUnresolved } from "../ledger.ts";
import type { Placed } from "../place.ts";
import { unsaidLines } from "../refusal.ts";
import { carryPlace, carryRequester } from "./carried_request.ts";
import type { FollowedPolicy } from "./followed_policy.ts";
import type { Inquiries } from "./inquiries.ts";
import type { Beginning } from "./messages.ts";
import type { Outbox } from "./outbox.ts";
import { RecentRequests } from "./recent_requests.ts";

/** What {@linkcode remoteBack} is made of. */
export interface RemoteBackParts {
  readonly outbox: Outbox;
  readonly inquiries: Inquiries;
  readonly policy: FollowedPolicy;
  readonly clock: Clock;
}

/** Has the main isolate decide, ask and write down. */
export function remoteBack(
  { outbox, inquiries, policy, clock }: RemoteBackParts,
  { hasDecider, recordsEnds }: Pick<Beginning, "hasDecider" | "recordsEnds">,
): Back {
  const approved = <T extends Verdict | Outcome>(answer: T): T =>
    answer.kind === "approved" ? { ...answer, rule: policy.approvedBy(answer.rule) } : answer;
  const recent = new RecentRequests<true>();
  const decided = (noted: Noted, asker: Requester) => {
    recent.add(asker.id, true);
    outbox.note({ kind: "decided", noted: carryNoted(noted), requester: carryRequester(asker) });
  };
  const begun = (request: Placed, asker: Requester) => {
    const said = recent.of(asker.id) === undefined
      ? { request: carryPlace(request), requester: carryRequester(asker) }
      : null;
    outbox.note({ kind: "begun", id: asker.id, said });
  };
  return {
    ask: async (request, asker, signal) =>
      approved(await inquiries.ask("person", request, asker, signal) as Outcome),
    decide: hasDecider
      ? async (request, asker, signal) =>
        approved(await inquiries.ask("decider", request, asker, signal) as Verdict)
      : null,
    allowed: (grant, asker) => decided(notedAllowed(grant), asker),
    unresolved: (what) => {
      const { request, asker, outcome } = what;
      decided(notedUnresolved(what), asker);
      if (!recordsEnds) return;
      begun(request, asker);
      outbox.note({ kind: "ended", id: asker.id, ending: endingOf(request, outcome), duration: 0 });
    },
    unsupported: (request, { generation }, asker) =>
      outbox.note({
        kind: "unsupported",
        request: carryPlace(request),
        generation,
        requester: carryRequester(asker),
      }),
    passages: {
      begin: (request, asker) => {
        if (recordsEnds) begun(request, asker);
        return { request, asker, since: clock.monotonic() };
      },
      end: ({ asker: { id }, since }, ending) => {
        if (!recordsEnds) return;
        outbox.note({ kind: "ended", id, ending, duration: clock.monotonic() - since });
      },
    },
    blocked: (blocked) => {
      const { request, decision, asker, isAnnounced } = blocked;
      const { policy: { generation }, ...refusal } = decision;
      outbox.note({
        kind: "blocked",
        request: carryPlace(request),
        decision: { ...refusal, policy: { generation } },
        requester: carryRequester(asker),
        record: blockedRecord(blocked, clock.now()),
        unsaid: unsaidLines(request, decision, isAnnounced),
      });
    },
    reached: (limit) => outbox.note({ kind: "reached", limit }),
    diagnose: (line) => outbox.note({ kind: "diagnosed", line }),
  };
}

/** Of a rule its words will do: by them it is counted. */
function carryNoted(noted: Noted): Noted {
  const { rule } = noted;
  return {
    ...noted,
    request: carryPlace(noted.request),
    rule: rule === null ? null : { list: rule.list, text: rule.text },
  };
}
