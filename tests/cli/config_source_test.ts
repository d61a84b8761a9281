import { assertEquals, assertRejects } from "@std/assert";
import {
  configSource,
  configSourceWithSecrets,
  type SourceSurroundings,
} from "../../src/cli/config_source.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { outsideOf } from "./outside_of.ts";
import { NO_FLAGS } from "../support/policy_flags.ts";

/** A folder in which nothing is. */
const EMPTY = await Deno.makeTempDir();

function here(env: Readonly<Record<string, string>>, cwd = EMPTY): SourceSurroundings {
  return { ...outsideOf(env), cwd: () => cwd };
}

/** The source of the configuration, without what is required of it. */
async function sourceOf(flags: Parameters<typeof configSource>[0], at: SourceSurroundings) {
  const { requirements: _, imposed: __, ...source } = await configSource(flags, at);
  return source;
}

const PROJECT = { trusted: false, paths: [] } as const;

Deno.test("configSource() reads the home folder of this environment", async () => {
  assertEquals(await sourceOf(NO_FLAGS, here({ DOORWARD_HOME: "/d" })), {
    homeFile: "/d/config.toml",
    foreignKeys: false,
    project: PROJECT,
    overrides: [],
    allow: [],
    deny: [],
  });
});

Deno.test("configSource() says that another program's home is another program's", async () => {
  assertEquals((await configSource(NO_FLAGS, here({ CODEX_HOME: "/c" }))).foreignKeys, true);
});

Deno.test("configSource() does without a home folder", async () => {
  assertEquals(await sourceOf(NO_FLAGS, here({})), {
    project: PROJECT,
    overrides: [],
    allow: [],
    deny: [],
  });
});

Deno.test("configSource() reads what is said for the whole machine", async () => {
  const source = await configSource(NO_FLAGS, { ...here({}), systemFolder: "/etc/doorward" });
  assertEquals(source.systemFile, "/etc/doorward/config.toml");
});

Deno.test("configSource() finds a profile in the home folder, or where its path says", async () => {
  const table = [
    ["work", "/d/work.config.toml"],
    ["./work.toml", "./work.toml"],
    ["/etc/work", "/etc/work"],
  ] as const;
  for (const [profile, file] of table) {
    const source = await configSource({ ...NO_FLAGS, profile }, here({ DOORWARD_HOME: "/d" }));
    assertEquals(source.profileFile, file);
  }
});

Deno.test("configSource() reads the files of a project that is trusted, and only then", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/.doorward`);
    const file = `${root}/.doorward/config.toml`;
    await Deno.writeTextFile(file, "[network]\n");
    const at = here({}, root);
    assertEquals((await configSource(NO_FLAGS, at)).project, { trusted: false, paths: [file] });
    assertEquals((await configSource({ ...NO_FLAGS, trustProject: true }, at)).project, {
      trusted: true,
      files: [{ kind: "text", file, text: "[network]\n" }],
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("configSource() lets --mode win over -c network.mode", async () => {
  const flags = {
    ...NO_FLAGS,
    overrides: ["network.mode=full", "network.via=false"],
    mode: "limited",
  } as const;
  assertEquals((await configSource(flags, here({}))).overrides, [
    "network.mode=full",
    "network.via=false",
    "network.mode=limited",
  ]);
});

Deno.test("configSource() hands on the file and the hosts", async () => {
  const flags = { ...NO_FLAGS, file: "a.toml", allow: ["a.test"], deny: ["b.test"] };
  assertEquals(await sourceOf(flags, here({})), {
    file: "a.toml",
    project: PROJECT,
    overrides: [],
    allow: ["a.test"],
    deny: ["b.test"],
  });
});

Deno.test("configSourceWithSecrets() is the same, and knows where secrets are", async () => {
  const at = here({ HOME: "/home/me", TOKEN: "t" });
  const { requirements: _, imposed: __, ...source } = await configSourceWithSecrets(NO_FLAGS, at);
  assertEquals(source, { ...await sourceOf(NO_FLAGS, at), env: at.env });
});

Deno.test("configSource() requires what --requirements says, and fails without it", async () => {
  const flags = { ...NO_FLAGS, requirements: "/no/r.toml" };
  const { requirements, imposed } = await configSource(flags, here({}));
  assertEquals(imposed.named, "/no/r.toml");
  const error = await assertRejects(() => requirements!(), ConfigError);
  assertEquals(error.faults.map(({ origin }) => origin.file), ["/no/r.toml"]);
});
