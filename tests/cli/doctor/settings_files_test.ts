import { assertEquals } from "@std/assert";
import { SETTINGS_FILES } from "../../../src/cli/doctor/settings_files.ts";

/** What is read of a file of a tool, `key=value` each. */
function settingsIn(tool: string, text: string): string[] {
  const file = SETTINGS_FILES.find((each) => each.tool === tool)!;
  return file.read(text).map(({ key, value }) => `${key}=${value}`);
}

Deno.test("each format is read for what names a proxy, and for nothing else", () => {
  const git =
    '[user]\n\tproxy = no\n[http "https://a.test"]\n\tproxy = http://p:1\n[remote "o"]\nproxy=x\n';
  assertEquals(settingsIn("git", `${git}[http]\n\tsslVerify = false\n`), [
    "proxy=http://p:1",
    "proxy=x",
  ]);
  const curl = 'proxy = "http://p:1"\n--noproxy *\n-x p:2\nuser-agent = "x"\n# proxy = no\n';
  assertEquals(settingsIn("curl", curl), ["proxy=http://p:1", "--noproxy=*", "-x=p:2"]);
  const wget = "https_proxy = http://p:1\nuse_proxy=off\nuse_proxy = on\ntries = 3\n";
  assertEquals(settingsIn("wget", wget), ["https_proxy=http://p:1", "use_proxy=off"]);
  const npm = "registry=https://r.test/\nhttps-proxy=http://p:1\nproxy = null\n";
  assertEquals(settingsIn("npm", npm), ["https-proxy=http://p:1"]);
  assertEquals(settingsIn("pip", "[global]\nproxy = http://p:1\nindex-url = x\n"), [
    "proxy=http://p:1",
  ]);
  assertEquals(settingsIn("cargo", '[http]\nproxy = "p:1"\n[build]\nproxy = "no"\n'), [
    "proxy=p:1",
  ]);
});

Deno.test("files are looked for where the environment says", () => {
  const env = {
    HOME: "/h",
    XDG_CONFIG_HOME: "/x",
    CARGO_HOME: "/c",
    CURL_HOME: "/u",
    PIP_CONFIG_FILE: "/p",
  };
  const places = { env, os: "linux", cwd: "/w" } as const;
  assertEquals(SETTINGS_FILES.flatMap(({ paths }) => paths(places)), [
    "/h/.gitconfig",
    "/x/git/config",
    "/w/.git/config",
    "/u/.curlrc",
    "/h/.curlrc",
    "/h/.wgetrc",
    "/h/.npmrc",
    "/w/.npmrc",
    "/p",
    "/x/pip/pip.conf",
    "/h/.pip/pip.conf",
    "/c/config.toml",
    "/w/.cargo/config.toml",
  ]);
});

Deno.test("a line without end takes no longer than its length", () => {
  const lines = ["a", "[", " ", "=", "\t="].flatMap((text) => {
    const long = text.repeat(30_000);
    return [long, `proxie${long}x`, `[http${long}x`];
  });
  assertEquals(SETTINGS_FILES.flatMap(({ read }) => lines.flatMap(read)), []);
});
