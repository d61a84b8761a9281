import { assertEquals } from "@std/assert";
import { SYSTEM_PRESETS } from "../../../src/config/presets/system_presets.ts";
import { assertSound, methodsOf } from "./sound_presets.ts";

Deno.test("SYSTEM_PRESETS are sound", async () => {
  await assertSound(SYSTEM_PRESETS);
});

Deno.test("SYSTEM_PRESETS let an image be pushed with docker, and not with docker:read", () => {
  assertEquals(methodsOf(SYSTEM_PRESETS, "docker")["registry-1.docker.io"], "any");
  assertEquals(methodsOf(SYSTEM_PRESETS, "docker:read")["registry-1.docker.io"], "read");
});

Deno.test("SYSTEM_PRESETS only read from where Homebrew is one of many", () => {
  assertEquals(methodsOf(SYSTEM_PRESETS, "homebrew"), {
    "formulae.brew.sh": "any",
    "ghcr.io": "read",
    "pkg-containers.githubusercontent.com": "read",
  });
});
