import { assertEquals } from "@std/assert";
import { configSource, configSourceWithSecrets } from "../../src/cli/config_source.ts";

const NONE = {
  file: null,
  overrides: [],
  allow: [],
  deny: [],
  mode: null,
  profile: null,
  trustProject: false,
};

/** A folder in which nothing is. */
const EMPTY = await Deno.makeTempDir();

function here(env: Readonly<Record<string, string>>, cwd = EMPTY) {
  return { env, os: "linux", systemFolder: null, cwd: () => cwd } as const;
}

const PROJECT = { trusted: false, paths: [] } as const;

Deno.test("configSource() reads the home folder of this environment", async () => {
  assertEquals(await configSource(NONE, here({ DOORWARD_HOME: "/d" })), {
    homeFile: "/d/config.toml",
    foreignKeys: false,
    project: PROJECT,
    overrides: [],
    allow: [],
    deny: [],
  });
});

Deno.test("configSource() says that another program's home is another program's", async () => {
  assertEquals((await configSource(NONE, here({ CODEX_HOME: "/c" }))).foreignKeys, true);
});

Deno.test("configSource() does without a home folder", async () => {
  assertEquals(await configSource(NONE, here({})), {
    project: PROJECT,
    overrides: [],
    allow: [],
    deny: [],
  });
});

Deno.test("configSource() reads what is said for the whole machine", async () => {
  const source = await configSource(NONE, { ...here({}), systemFolder: "/etc/doorward" });
  assertEquals(source.systemFile, "/etc/doorward/config.toml");
});

Deno.test("configSource() finds a profile in the home folder, or where its path says", async () => {
  const table = [
    ["work", "/d/work.config.toml"],
    ["./work.toml", "./work.toml"],
    ["/etc/work", "/etc/work"],
  ] as const;
  for (const [profile, file] of table) {
    const source = await configSource({ ...NONE, profile }, here({ DOORWARD_HOME: "/d" }));
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
    assertEquals((await configSource(NONE, at)).project, { trusted: false, paths: [file] });
    assertEquals((await configSource({ ...NONE, trustProject: true }, at)).project, {
      trusted: true,
      files: [{ kind: "text", file, text: "[network]\n" }],
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("configSource() lets --mode win over -c network.mode", async () => {
  const flags = {
    ...NONE,
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
  const flags = { ...NONE, file: "a.toml", allow: ["a.test"], deny: ["b.test"] };
  assertEquals(await configSource(flags, here({})), {
    file: "a.toml",
    project: PROJECT,
    overrides: [],
    allow: ["a.test"],
    deny: ["b.test"],
  });
});

Deno.test("configSourceWithSecrets() is the same, and knows where secrets are", async () => {
  const at = here({ HOME: "/home/me", TOKEN: "t" });
  assertEquals(await configSourceWithSecrets(NONE, at), {
    ...await configSource(NONE, at),
    env: at.env,
  });
});
