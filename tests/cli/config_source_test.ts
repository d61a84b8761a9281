import { assertEquals } from "@std/assert";
import { configSource, configSourceWithSecrets } from "../../src/cli/config_source.ts";

const NONE = { file: null, overrides: [], allow: [], deny: [], mode: null };

Deno.test("configSource() reads the home folder of this environment", () => {
  const source = configSource(NONE, { env: { DOORWARD_HOME: "/d" }, os: "linux" });
  assertEquals(source, {
    homeFile: "/d/config.toml",
    foreignKeys: false,
    overrides: [],
    allow: [],
    deny: [],
  });
});

Deno.test("configSource() says that another program's home is another program's", () => {
  assertEquals(configSource(NONE, { env: { CODEX_HOME: "/c" }, os: "linux" }).foreignKeys, true);
});

Deno.test("configSource() does without a home folder", () => {
  assertEquals(configSource(NONE, { env: {}, os: "linux" }), {
    overrides: [],
    allow: [],
    deny: [],
  });
});

Deno.test("configSource() lets --mode win over -c network.mode", () => {
  const flags = {
    ...NONE,
    overrides: ["network.mode=full", "network.via=false"],
    mode: "limited",
  } as const;
  assertEquals(configSource(flags, { env: {}, os: "linux" }).overrides, [
    "network.mode=full",
    "network.via=false",
    "network.mode=limited",
  ]);
});

Deno.test("configSource() hands on the file and the hosts", () => {
  const flags = { ...NONE, file: "a.toml", allow: ["a.test"], deny: ["b.test"] };
  assertEquals(configSource(flags, { env: {}, os: "linux" }), {
    file: "a.toml",
    overrides: [],
    allow: ["a.test"],
    deny: ["b.test"],
  });
});

Deno.test("configSourceWithSecrets() is the same, and knows where secrets are", () => {
  const here = { env: { HOME: "/home/me", TOKEN: "t" }, os: "linux" } as const;
  assertEquals(configSourceWithSecrets(NONE, here), {
    ...configSource(NONE, here),
    env: here.env,
  });
});
