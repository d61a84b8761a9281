import { assertEquals } from "@std/assert";
import { MODEL_PRESETS } from "../../../src/config/presets/model_presets.ts";
import { assertSound, methodsOf } from "./sound_presets.ts";

Deno.test("MODEL_PRESETS are sound", async () => {
  await assertSound(MODEL_PRESETS);
});

Deno.test("MODEL_PRESETS hold the one host of each API, and what is asked of it is POST", () => {
  assertEquals(methodsOf(MODEL_PRESETS, "openai"), { "api.openai.com": "any" });
  assertEquals(methodsOf(MODEL_PRESETS, "anthropic"), { "api.anthropic.com": "any" });
  assertEquals(methodsOf(MODEL_PRESETS, "google-ai"), {
    "generativelanguage.googleapis.com": "any",
  });
});
