import { assertEquals, assertThrows } from "@std/assert";
import { configText } from "../../src/config/config_text.ts";
import { loadConfig } from "../../src/config/config.ts";

Deno.test("an object is read like the file that says the same", async () => {
  const toml = configText({
    network: {
      enabled: true,
      allowed_domains: ["a.test", 'quo"te.test'],
      limits: { connections: 7 },
      mode: undefined,
      rules: [{ host: "a.test", methods: ["GET"] }],
    },
  });
  assertEquals(toml.includes("mode"), false);
  const text = { name: "config", toml: configText({ network: { limits: { connections: 7 } } }) };
  const config = await loadConfig({ text, overrides: [], allow: [], deny: [] });
  assertEquals(config.limits.connections, 7);
});

Deno.test("what no file could say is refused by name", () => {
  assertThrows(() => configText({ network: { mode: null } }), TypeError, "null; leave it out");
  assertThrows(() => configText({ network: { mode: () => "full" } }), TypeError, "Cannot read");
  const hosts = new Set(["a.test"]);
  for (const network of [{ denied_domains: hosts }, new Map([["enabled", false]])]) {
    assertThrows(() => configText({ network }), TypeError, "neither an array nor a plain object");
  }
  const rules = [{ host: "a.test", methods: undefined, paths: null }];
  assertThrows(
    () => configText({ network: { rules } }),
    TypeError,
    '"network.rules.paths" is null',
  );
  const circular: Record<string, unknown> = {};
  circular["network"] = circular;
  assertThrows(() => configText(circular), TypeError, "Cannot read");
});
