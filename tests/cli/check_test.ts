import { assertEquals } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import { configFile } from "./config_files.ts";
import { fakeSurroundings } from "./fake_surroundings.ts";

Deno.test("check tells that a configuration is one, and what it says", async () => {
  await using file = await configFile('[network]\nallowed_domains = ["a.test"]\n');
  const here = fakeSurroundings();
  assertEquals(await cli(["check", file.path], here), 0);
  assertEquals(here.printed(), {
    out: `${file.path}: ok\n` +
      "  mode full, 1 allow rule, 0 deny rules, denies what is not listed\n",
    err: "",
  });
});

Deno.test("check tells every fault with its place", async () => {
  await using file = await configFile('[network]\nmod = "full"\nallowed_domains = ["a b"]\n');
  const here = fakeSurroundings();
  assertEquals(await cli(["check", file.path], here), 1);
  const { out, err } = here.printed();
  assertEquals(out, "");
  assertEquals(err.split("\n").map((line) => line.split(": ")[0]), [
    `${file.path}:2:1`,
    `${file.path}:3:20`,
    "",
  ]);
});

Deno.test("check --json tells the faults to programs", async () => {
  await using file = await configFile("[network]\nvia = 3\n");
  const here = fakeSurroundings();
  assertEquals(await cli(["check", "--json", file.path], here), 1);
  const { ok, faults, notices, file: named } = JSON.parse(here.printed().out);
  assertEquals({ ok, named, notices }, { ok: false, named: file.path, notices: [] });
  assertEquals(faults.length, 1);
  assertEquals(Object.keys(faults[0]), ["file", "line", "column", "message"]);
  assertEquals([faults[0].file, faults[0].line], [file.path, 2]);
});

Deno.test("check --json tells what is fine, with its notices", async () => {
  await using file = await configFile("[network]\ndangerously_allow_all_domains = true\n");
  const here = fakeSurroundings();
  assertEquals(await cli(["check", "--json", file.path], here), 0);
  const { ok, faults, notices, file: named } = JSON.parse(here.printed().out);
  assertEquals({ ok, named, faults }, { ok: true, named: file.path, faults: [] });
  assertEquals(notices.length, 1);
  assertEquals(Object.keys(notices[0]), ["file", "line", "column", "message"]);
});

Deno.test("check prints notices as warnings, and not when it is to be quiet", async () => {
  await using file = await configFile("[network]\ndangerously_allow_all_domains = true\n");
  const loud = fakeSurroundings();
  await cli(["check", file.path], loud);
  assertEquals(loud.printed().err.startsWith(`doorward: warning: ${file.path}:2:1: `), true);
  const quiet = fakeSurroundings();
  await cli(["check", "-q", file.path], quiet);
  assertEquals(quiet.printed().err, "");
});

Deno.test("check reads the file in the home folder, or the built-in default", async () => {
  const here = fakeSurroundings({ env: { DOORWARD_HOME: "/nonexistent/home" } });
  assertEquals(await cli(["check"], here), 0);
  assertEquals(here.printed().out.split("\n")[0], "built-in: ok");
});

Deno.test("check says that a policy is switched off", async () => {
  await using file = await configFile("[network]\nenabled = false\n");
  const here = fakeSurroundings();
  assertEquals(await cli(["check", file.path], here), 0);
  assertEquals(
    here.printed().out.split("\n")[2],
    "  network.enabled is false: this policy is not in force",
  );
});

Deno.test("check fails on a file that it cannot read: that says nothing about the file", async () => {
  const here = fakeSurroundings();
  assertEquals(await cli(["check", "/nonexistent/a.toml"], here), 125);
  assertEquals(here.printed().err.startsWith("/nonexistent/a.toml: "), true);
  assertEquals(await cli(["check", "/nonexistent/a.toml", "--json"], here), 125);
});

Deno.test("check tells a fault of the command line as one of the configuration", async () => {
  const here = fakeSurroundings();
  assertEquals(await cli(["check", "-c", "network.via=3"], here), 1);
  assertEquals(here.printed().err.startsWith("-c: "), true);
});

Deno.test("check says where it looked when there is nothing", async () => {
  const here = fakeSurroundings({ env: { DOORWARD_HOME: "/nonexistent" } });
  assertEquals(await cli(["check"], here), 0);
  assertEquals(
    here.printed().out.split("\n")[2],
    "  /nonexistent/config.toml is not there, or has no [network]",
  );
});
