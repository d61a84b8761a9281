import { formatOrigin } from "../../policy/rule.ts";
import type { Findings } from "../toml/findings.ts";
import type { LocatedTable } from "../toml/located.ts";
import { constraintsOf } from "./constraints.ts";
import type { Access } from "./governed_settings.ts";
import type { Requirements } from "./requirements.ts";

/** Whether anybody may decide about what no rule names: not where nothing can be added to the managed hosts. */
export function mayDecide(requirements: Requirements, access: Access): boolean {
  return constraintsOf(requirements, access).allowed?.expansion !== false;
}

/** Tells whoever has written a decider that it is not asked, where nobody may decide. */
export function noteUnasked(
  requirements: Requirements,
  access: Access,
  network: LocatedTable,
  findings: Findings,
): void {
  const { allowed } = constraintsOf(requirements, access);
  if (allowed?.expansion !== false) return;
  const place = network.entries.get("decider")?.key ?? network.place;
  findings.notice(
    { ...place, rank: -1 },
    `nothing can be added to the managed allowed_domains by ${formatOrigin(allowed.origin)}: ` +
      "the decider is not asked",
  );
}
