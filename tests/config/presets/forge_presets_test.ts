import { assert, assertEquals } from "@std/assert";
import { FORGE_PRESETS } from "../../../src/config/presets/forge_presets.ts";
import { assertSound, methodsOf } from "./sound_presets.ts";

Deno.test("FORGE_PRESETS are sound", async () => {
  await assertSound(FORGE_PRESETS);
});

Deno.test("FORGE_PRESETS are all of hosts that strangers share", () => {
  assert(FORGE_PRESETS.every(({ hosts }) => hosts.every(({ shared }) => shared)));
});

Deno.test("FORGE_PRESETS let the three hosts of GitHub be written to that need it", () => {
  const hosts = Object.entries(methodsOf(FORGE_PRESETS, "github"));
  const written = hosts.filter(([, methods]) => methods === "any").map(([host]) => host);
  assertEquals(written, ["github.com", "api.github.com", "uploads.github.com"]);
});
