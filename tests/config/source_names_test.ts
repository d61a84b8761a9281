import { assertEquals } from "@std/assert";
import type { ConfigSource } from "../../src/config/config.ts";
import { originsOf, sourceNames } from "../../src/config/source_names.ts";
import { tableOf, where } from "./load.ts";

const NOTHING: ConfigSource = { overrides: [], allow: [], deny: [] };

Deno.test("sourceNames() are the file and the flags, lowest first, without secrets", () => {
  const source = {
    overrides: ["network.mode=limited", "network.ask_webhook=https://h.test/s3cret"],
    allow: ["a.test\n"],
    deny: ["b.test"],
  };
  assertEquals(sourceNames("config.toml", source), [
    "config.toml",
    "-c network.mode=limited",
    "-c network.ask_webhook=https://h.test/…",
    "--allow a.test\\u000a",
    "--deny b.test",
  ]);
});

/** Each key and its place. */
function origins(text: string, source: Partial<ConfigSource> = {}): string[] {
  const all = originsOf(tableOf(text), { ...NOTHING, ...source });
  return [...all].map(([key, origin]) => `${key} ${where(origin)}`);
}

Deno.test("originsOf() finds every key, at any depth", () => {
  assertEquals(origins("[network]\nmode = 'full'\nlimits.dns_seconds = 1\n"), [
    "network 1:2",
    "network.mode 2:1",
    "network.limits 3:1",
    "network.limits.dns_seconds 3:8",
  ]);
});

Deno.test("originsOf() names the flags for lists that nobody wrote", () => {
  const flags = { allow: ["a.test"], deny: ["b.test"] };
  assertEquals(origins("network.allowed_domains = []", flags), [
    "network 1:1",
    "network.allowed_domains 1:9",
    "network.denied_domains --deny",
  ]);
  assertEquals(origins("", { allow: ["a.test"] }), ["network.allowed_domains --allow"]);
});
