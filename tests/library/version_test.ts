import { assertEquals } from "@std/assert";
import { VERSION } from "../../src/library/version.ts";

Deno.test("VERSION is the version of deno.json", async () => {
  const manifest = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
  assertEquals(VERSION, JSON.parse(manifest).version);
});
