import type { AllowCommand } from "../argv/command.ts";
import type { Surroundings } from "../surroundings.ts";
import { addRule, removeRule } from "./rule_change.ts";
import { withAdmin } from "./with_admin.ts";

/** `doorward allow`: allows a host from now on, or no longer. */
export async function allow(command: AllowCommand, here: Surroundings): Promise<number> {
  const { pattern, scope, remove } = command;
  return await withAdmin(command, here, async (admin) => {
    if (!remove) return await addRule(admin, { list: "allow", pattern, scope }, command, here);
    const change = { list: "allow", pattern, always: scope.kind === "always" } as const;
    return await removeRule(admin, change, command, here);
  });
}
