import { assertEquals } from "@std/assert";
import { ADMIN_COMMANDS, isAdminCommandName } from "../../../src/cli/argv/admin_commands.ts";
import { type CommandRow, COMMANDS } from "../../../src/cli/argv/commands.ts";

Deno.test("isAdminCommandName() knows the commands for a proxy that runs, and no other", () => {
  assertEquals(isAdminCommandName("approve"), true);
  assertEquals(isAdminCommandName("run"), false);
  assertEquals(isAdminCommandName("toString"), false);
});

Deno.test("every one of them is a command, says which proxy is meant, and prints JSON", () => {
  for (const [name, row] of Object.entries<CommandRow>(ADMIN_COMMANDS)) {
    assertEquals(Object.hasOwn(COMMANDS, name), true, name);
    assertEquals(row.options.slice(-2), ["json", "admin"], name);
  }
});
