import { assertEquals } from "@std/assert";
import { systemSurroundings } from "../../src/cli/surroundings.ts";

Deno.test("systemSurroundings() is this machine", () => {
  const here = systemSurroundings();
  assertEquals(here.os, Deno.build.os);
  assertEquals(here.env["PATH"], Deno.env.get("PATH"));
  assertEquals(here.stdinIsTerminal, Deno.stdin.isTerminal());
});
