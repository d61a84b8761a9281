import { blockedRecord, type BlockedRequest } from "./blocked.ts";
import { approvalPattern } from "./asking/approval_pattern.ts";
import { askDecider } from "./asking/ask_decider.ts";
import type { Back } from "./front.ts";
import {
  type Ledger,
  noteAllowed,
  noteBlocked,
  noteEnded,
  noteUnresolved,
  noteUnsupported,
} from "./ledger.ts";
import type { LiveState } from "./live_state.ts";
import type { Outside, ProxyOptions } from "./proxy.ts";
import { unsaidLines } from "./refusal.ts";

/** What decides, asks and writes down in the isolate whose state it is. */
export function makeBack(
  { decider, outside }: Pick<ProxyOptions, "decider"> & {
    readonly outside: Pick<Outside, "clock" | "record">;
  },
  state: LiveState,
  diagnose: (line: string) => void,
): Back {
  const { questions, policy, limits } = state;
  const { clock } = outside;
  return {
    ask: (request, asker, signal) => questions.ask(request, asker, signal),
    decide: decider === null
      ? null
      : askDecider(decider, (request) => policy.once(approvalPattern(request))),
    allowed: (grant, asker) => noteAllowed(grant, asker, state),
    unresolved: (what) => noteUnresolved(what, state),
    unsupported: (request, { generation }, asker) =>
      noteUnsupported(request, generation, asker, state),
    passages: {
      begin: (request, asker) => ({ request, asker, since: clock.monotonic() }),
      end: (passage, ending) =>
        noteEnded(passage, ending, clock.monotonic() - passage.since, state),
    },
    blocked: recorder(state, outside, diagnose),
    reached: (limit) => limits.reached(limit),
    diagnose,
  };
}

/** Keeps each block and tells of it. A record that cannot be told is still kept, and still answered. */
function recorder(
  ledger: Ledger,
  { record, clock }: Pick<Outside, "clock" | "record">,
  diagnose: (line: string) => void,
): (blocked: BlockedRequest) => void {
  return (blocked) => {
    const told = blockedRecord(blocked, clock.now());
    noteBlocked(blocked, told, ledger);
    tellBlock(told, unsaidLines(blocked.request, blocked.decision, blocked.isAnnounced), {
      record,
      diagnose,
    });
  };
}

/** Tells of a block that is written down. */
export function tellBlock(
  told: Parameters<Outside["record"]>[0],
  unsaid: readonly string[],
  { record, diagnose }: Pick<Outside, "record"> & { readonly diagnose: (line: string) => void },
): void {
  try {
    record(told, unsaid);
  } catch (error) {
    diagnose(`Cannot record a blocked request: ${error}`);
  }
}
