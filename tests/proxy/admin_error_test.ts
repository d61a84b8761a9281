import { assert, assertEquals } from "@std/assert";
import { AdminError } from "../../src/proxy/admin_error.ts";

Deno.test("AdminError tells its code to programs, and its message to a person", () => {
  const error = new AdminError("cannot_write", "Cannot write: disk full", { path: "/a" });
  assert(error instanceof Error);
  assertEquals(
    [error.name, error.code, error.message, error.more],
    ["AdminError", "cannot_write", "Cannot write: disk full", { path: "/a" }],
  );
  assertEquals(new AdminError("not_open", "Cannot close 3: it is not open").more, {});
});
