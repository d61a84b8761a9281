import { assertEquals } from "@std/assert";
import { environment } from "../../src/library/process_environment.ts";

Deno.test("the environment is that of the process", () => {
  assertEquals(environment(), Deno.env.toObject());
});

Deno.test({
  name: "where it may not be read there is nothing in it",
  permissions: { env: false },
  fn: () => assertEquals(environment(), {}),
});
