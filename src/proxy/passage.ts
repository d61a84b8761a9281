import type { Requester } from "../audit/audit_log.ts";
import type { CloseAudit } from "../audit/audit_record.ts";
import type { PolicyRequest } from "../policy/socket_request.ts";

/** Something that was let through, from then on until it is over. */
export interface Passage {
  readonly request: PolicyRequest;
  readonly asker: Requester;
  /** When it was let through: a reading of the monotonic clock, in milliseconds. */
  readonly since: number;
}

/** How it ended, and what it carried. */
export interface Ending {
  readonly kind: CloseAudit["doorward.kind"];
  readonly outcome: CloseAudit["doorward.outcome"];
  /** Bytes from the client, and to it. */
  readonly up: number;
  readonly down: number;
}

/** Writes down when what was let through begins, and how it ends. */
export interface Passages {
  readonly begin: (request: PolicyRequest, asker: Requester) => Passage;
  readonly end: (passage: Passage, ending: Ending) => void;
}
