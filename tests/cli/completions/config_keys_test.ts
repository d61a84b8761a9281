import { assert, assertEquals } from "@std/assert";
import { configKeys } from "../../../src/cli/completions/config_keys.ts";
import { loadConfig } from "../../../src/config/config.ts";
import { DEFAULT_NETWORK } from "../../../src/config/network_table.ts";

const { keys, settings } = configKeys();

Deno.test("configKeys() has every key of [network], whole or by its own keys", () => {
  const missing = Object.keys(DEFAULT_NETWORK).filter((key) =>
    !keys.some((known) => known === `network.${key}=` || known.startsWith(`network.${key}.`))
  );
  assertEquals(missing, []);
});

Deno.test("configKeys() has every value of what has few, for keys that there are", () => {
  const ofMode = settings.filter((setting) => setting.startsWith("network.mode="));
  assertEquals(ofMode, ["network.mode=full", "network.mode=limited"]);
  assertEquals(settings.filter((setting) => /\.(via|network_proxy)=/.test(setting)), [
    "network.via=true",
    "network.via=false",
    "features.network_proxy=true",
    "features.network_proxy=false",
  ]);
  assertEquals(settings.filter((setting) => !keys.includes(setting.replace(/=.*/, "="))), []);
});

Deno.test("configKeys() has nothing that a configuration does not take", async () => {
  assert(settings.length > 30);
  for (const setting of settings) {
    await loadConfig({
      homeFile: "/nonexistent/config.toml",
      // A chain has to be in a file.
      overrides: ["network.audit_file=audit.jsonl", setting],
      allow: [],
      deny: [],
    });
  }
});
