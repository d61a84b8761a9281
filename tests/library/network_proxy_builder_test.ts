import { assertEquals, assertThrows } from "@std/assert";
import type { NetworkProxy } from "../../src/library/network_proxy.ts";
import {
  NetworkProxyBuilder,
  type ProxySettings,
} from "../../src/library/network_proxy_builder.ts";

/** What a builder has collected. */
async function settingsOf(
  describe: (builder: NetworkProxyBuilder) => NetworkProxyBuilder,
): Promise<ProxySettings> {
  const { promise, resolve } = Promise.withResolvers<ProxySettings>();
  await describe(
    new NetworkProxyBuilder((settings) => {
      resolve(settings);
      return Promise.resolve(null as unknown as NetworkProxy);
    }),
  ).build();
  return await promise;
}

Deno.test("a builder that nothing is said to makes a managed proxy that allows nothing", async () => {
  const settings = await settingsOf((builder) => builder);
  assertEquals([settings.managed, settings.adminUrl, settings.decider], [true, null, null]);
  assertEquals(settings.source.text?.toml, "[network]\nenabled = true\n");
});

Deno.test("the last word counts, and attributions add up", async () => {
  const settings = await settingsOf((builder) =>
    builder.httpAddr("127.0.0.1:1").httpAddr("127.0.0.1:2").socksAddr("127.0.0.1:3")
      .adminAddr("127.0.0.1:4").managed(false)
      .attribution({ label: "one", command: "a" }).attribution({ command: "b" })
      .auditMetadata({ conversationId: "c" }).requirements("/r.toml")
  );
  assertEquals(
    [settings.httpUrl, settings.socksUrl, settings.adminUrl, settings.managed],
    ["http://127.0.0.1:2", "http://127.0.0.1:3", "http://127.0.0.1:4", false],
  );
  assertEquals(settings.attribution, { label: "one", command: "b", execPolicyHint: null });
  assertEquals([settings.metadata, settings.requirements], [{ conversationId: "c" }, "/r.toml"]);
});

Deno.test("a configuration is an object, a text or a file", async () => {
  const object = await settingsOf((builder) => builder.config({ network: { mode: "limited" } }));
  assertEquals(object.source.text?.toml.includes('mode = "limited"'), true);
  const text = await settingsOf((builder) => builder.config("[network]\n"));
  assertEquals(text.source, { text: { name: "config", toml: "[network]\n" } });
  const file = await settingsOf((builder) => builder.config("x = 1").configFile("/a.toml"));
  assertEquals(file.source, { file: "/a.toml" });
  assertThrows(
    () => new NetworkProxyBuilder(() => Promise.reject()).config({ a: null }),
    TypeError,
  );
});

Deno.test("what no record could hold is refused when it is said", () => {
  const builder = new NetworkProxyBuilder(() => Promise.reject());
  assertThrows(() => builder.attribution({ label: "a\nb" }), TypeError, '"label"');
  for (const appVersion of ["", "a\u202eb", "x".repeat(257)]) {
    assertThrows(() => builder.auditMetadata({ appVersion }), TypeError, '"appVersion"');
  }
});

Deno.test("a decider has a time and a number of questions that can be kept to", () => {
  const builder = new NetworkProxyBuilder(() => Promise.reject());
  const decide = () => Promise.reject(new Error("Nobody is asked"));
  for (const timeoutMs of [0, -1, NaN, Infinity]) {
    assertThrows(
      () => builder.policyDecider(decide, { timeoutMs }),
      RangeError,
      `Cannot wait ${timeoutMs} ms for a decider: it takes 1 to `,
    );
  }
  for (const concurrency of [0, 1.5, NaN]) {
    assertThrows(
      () => builder.policyDecider(decide, { concurrency }),
      RangeError,
      `Cannot ask a decider ${concurrency} questions at once`,
    );
  }
});
