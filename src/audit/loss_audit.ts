import { type HappenedAudit, type LossAudit, RECORDS_LOST } from "./audit_record.ts";

/** What stands in the place of `lost` records, of which `record` was one. */
export function lossAudit(record: HappenedAudit, lost: number): LossAudit {
  const { target, "conversation.id": conversation, "app.version": version } = record;
  const account = record["user.account_id"];
  return {
    target,
    "event.name": RECORDS_LOST,
    "event.timestamp": record["event.timestamp"],
    ...(conversation === undefined ? {} : { "conversation.id": conversation }),
    ...(version === undefined ? {} : { "app.version": version }),
    ...(account === undefined ? {} : { "user.account_id": account }),
    "doorward.instance": record["doorward.instance"],
    "doorward.lost": lost,
  };
}
