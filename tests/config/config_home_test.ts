import { assertEquals } from "@std/assert";
import { configHome } from "../../src/config/config_home.ts";

type Os = typeof Deno.build.os;

const HOMES: readonly (readonly [string, Os, Record<string, string>, string, string, boolean])[] = [
  [
    "DOORWARD_HOME",
    "linux",
    { DOORWARD_HOME: "/d", CODEX_HOME: "/c", HOME: "/h" },
    "/d",
    "/d/config.toml",
    false,
  ],
  ["CODEX_HOME", "linux", { CODEX_HOME: "/c", HOME: "/h" }, "/c", "/c/config.toml", true],
  [
    "CODEX_HOME when the first is empty",
    "linux",
    { DOORWARD_HOME: "", CODEX_HOME: "/c" },
    "/c",
    "/c/config.toml",
    true,
  ],
  [
    "HOME",
    "linux",
    { HOME: "/h" },
    "/h/.config/doorward",
    "/h/.config/doorward/config.toml",
    false,
  ],
  [
    "HOME when the others are empty",
    "darwin",
    { DOORWARD_HOME: "", CODEX_HOME: "", HOME: "/h/" },
    "/h/.config/doorward",
    "/h/.config/doorward/config.toml",
    false,
  ],
  [
    "HOME and not XDG_CONFIG_HOME",
    "linux",
    { HOME: "/h", XDG_CONFIG_HOME: "/x" },
    "/h/.config/doorward",
    "/h/.config/doorward/config.toml",
    false,
  ],
  [
    "a folder with a slash behind",
    "linux",
    { DOORWARD_HOME: "/d//" },
    "/d//",
    "/d/config.toml",
    false,
  ],
  ["the root", "linux", { DOORWARD_HOME: "/" }, "/", "/config.toml", false],
  [
    "a folder named with a backslash",
    "linux",
    { DOORWARD_HOME: "/d\\" },
    "/d\\",
    "/d\\/config.toml",
    false,
  ],
  ["a relative folder", "linux", { CODEX_HOME: "c" }, "c", "c/config.toml", true],
  [
    "APPDATA",
    "windows",
    { APPDATA: "C:\\A", HOME: "/h", USERPROFILE: "C:\\U" },
    "C:\\A\\doorward",
    "C:\\A\\doorward\\config.toml",
    false,
  ],
  [
    "USERPROFILE",
    "windows",
    { USERPROFILE: "C:\\U\\" },
    "C:\\U\\AppData\\Roaming\\doorward",
    "C:\\U\\AppData\\Roaming\\doorward\\config.toml",
    false,
  ],
  [
    "CODEX_HOME on Windows",
    "windows",
    { CODEX_HOME: "C:/c/", APPDATA: "C:\\A" },
    "C:/c/",
    "C:/c\\config.toml",
    true,
  ],
];

for (const [what, os, env, home, file, foreign] of HOMES) {
  Deno.test(`configHome() takes ${what}`, () => {
    assertEquals(configHome(env, os), { home, file, foreign });
  });
}

Deno.test("configHome() is null when the system tells no home", () => {
  assertEquals([configHome({}, "linux"), configHome({ HOME: "/h" }, "windows")], [null, null]);
});
