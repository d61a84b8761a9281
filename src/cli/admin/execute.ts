import type { AdminCommand } from "../argv/command.ts";
import type { Surroundings } from "../surroundings.ts";
import { allow } from "./allow.ts";
import { approve } from "./approve.ts";
import { blocked } from "./blocked.ts";
import { connections } from "./connections.ts";
import { dashboard } from "./dashboard.ts";
import { deny } from "./deny.ts";
import { mode } from "./mode.ts";
import { pending } from "./pending.ts";
import { reload } from "./reload.ts";

/** Runs a command that talks to a proxy that runs. Resolves to the exit code. */
export async function executeAdmin(command: AdminCommand, here: Surroundings): Promise<number> {
  switch (command.name) {
    case "pending":
      return await pending(command, here);
    case "approve":
      return await approve(command, here);
    case "deny":
      return await deny(command, here);
    case "allow":
      return await allow(command, here);
    case "blocked":
      return await blocked(command, here);
    case "connections":
      return await connections(command, here);
    case "mode":
      return await mode(command, here);
    case "reload":
      return await reload(command, here);
    case "dashboard":
      return await dashboard(command, here);
  }
}
