import { assertEquals } from "@std/assert";
import { takeOwnWords } from "../../../src/cli/argv/own_words.ts";

Deno.test("takeOwnWords() stops at the first word that is no option", () => {
  const own = takeOwnWords(["-q", "--allow", "a.test", "curl", "--json"]);
  assertEquals(own.options, ["--quiet", "--allow=a.test"]);
  assertEquals(own.names, ["quiet", "allow"]);
  assertEquals(own.used, 3);
});

Deno.test("takeOwnWords() stops at -- and at a lone dash", () => {
  assertEquals(takeOwnWords(["-q", "--", "-q"]).used, 1);
  assertEquals(takeOwnWords(["-", "-q"]).used, 0);
});

Deno.test("takeOwnWords() reads a value in the same word as its letter", () => {
  assertEquals(takeOwnWords(["-ca=b"]).options, ["--set=a=b"]);
  assertEquals(takeOwnWords(["-qca=b", "rest"]).options, ["--quiet", "--set=a=b"]);
  assertEquals(takeOwnWords(["-qc", "a=b", "rest"]).used, 2);
});

Deno.test("takeOwnWords() tells where it stopped for a fault", () => {
  const own = takeOwnWords(["--json", "--nope", "x"]);
  assertEquals(own.used, 1);
  assertEquals(own.fault, 'Unknown option "--nope"');
});
