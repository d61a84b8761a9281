import { assertEquals } from "@std/assert";
import { shownConfig } from "../../../src/cli/printed/shown_config.ts";
import { load } from "../../config/load.ts";

Deno.test("shownConfig() gives every element of a list the place that it comes from", async () => {
  const text = '[network]\nallowed_domains = [\n  "a.test",\n  "b.test",\n]\n';
  const { settings } = shownConfig(await load(text, { deny: ["c.test"] }));
  const places = (key: string) => {
    const shown = settings[key];
    return Array.isArray(shown)
      ? shown.map(({ value, origin }) => `${value} ${origin.replace(/.*\.toml/, "toml")}`)
      : shown;
  };
  assertEquals(places("allowed_domains"), ["a.test toml:3:3", "b.test toml:4:3"]);
  assertEquals(places("denied_domains"), ["c.test --deny"]);
});

Deno.test("shownConfig() shows limits as they are written", async () => {
  const text = "[network.limits]\nhead_seconds = 7\n";
  const { settings } = shownConfig(await load(text));
  const shown = settings["limits.head_seconds"]!;
  assertEquals("value" in shown && shown.value, 7);
});

Deno.test("shownConfig() says what a shell would be told, if anybody knows", async () => {
  const { runtime } = shownConfig(await load(null));
  assertEquals(runtime, {
    HTTP_PROXY: "http://127.0.0.1:3128",
    ALL_PROXY: "socks5h://127.0.0.1:8081",
  });
  const overrides = ['network.proxy_url="http://127.0.0.1:0"'];
  assertEquals(shownConfig(await load(null, { overrides })).runtime, null);
});

Deno.test("shownConfig() tells why nothing is started", async () => {
  const { policy } = shownConfig(await load(null, { overrides: ["network.enabled=false"] }));
  assertEquals(policy.off, { value: "network.enabled is false", origin: "-c" });
});
