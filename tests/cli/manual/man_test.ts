import { assertEquals } from "@std/assert";
import { cli } from "../../../src/cli/cli.ts";
import { manualPage } from "../../../src/cli/manual/manual_page.ts";
import { VERSION } from "../../../src/library/version.ts";
import { fakeSurroundings } from "../fake_surroundings.ts";

Deno.test("man prints the page of this version, whatever is configured", async () => {
  const here = fakeSurroundings();
  const code = await cli(["man", "--config", "/nonexistent.toml"], here);
  assertEquals([code, here.printed()], [0, { out: `${manualPage(VERSION)}\n`, err: "" }]);
});
