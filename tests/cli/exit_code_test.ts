import { assertEquals } from "@std/assert";
import { EXIT } from "../../src/cli/exit_code.ts";

Deno.test("EXIT is the table that users rely on", () => {
  assertEquals({ ...EXIT }, {
    done: 0,
    no: 1,
    usage: 2,
    failed: 125,
    cannotExecute: 126,
    notFound: 127,
  });
});
