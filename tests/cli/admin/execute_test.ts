import { assertEquals } from "@std/assert";
import { ADMIN_COMMANDS } from "../../../src/cli/argv/admin_commands.ts";
import { fakeAdmin } from "./fake_admin.ts";

/** Words that each command needs. */
const OPERANDS: Readonly<Record<string, readonly string[]>> = {
  approve: ["a.test"],
  deny: ["a.test"],
  allow: ["a.test"],
};

Deno.test("executeAdmin() runs every command that talks to a proxy", async (t) => {
  for (const name of Object.keys(ADMIN_COMMANDS)) {
    await t.step(name, async () => {
      await using server = fakeAdmin({});
      await server.run(name, ...OPERANDS[name] ?? []);
      assertEquals(server.asked.length > 0, true);
    });
  }
});
