import { assertEquals } from "@std/assert";
import { unsetting } from "../../../src/cli/shell/unset.ts";
import { SHELLS } from "../../../src/library/env/shell_quote.ts";

Deno.test("unsetting() takes variables away in the words of each shell", () => {
  assertEquals(SHELLS.map((shell) => unsetting(["A", "B"], shell)), [
    "unset A B",
    "set -e A B",
    "Remove-Item Env:A, Env:B",
  ]);
});
