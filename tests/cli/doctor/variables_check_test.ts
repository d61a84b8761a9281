import { assertEquals } from "@std/assert";
import type { Place } from "../../../src/cli/doctor/place.ts";
import { variablesCheck } from "../../../src/cli/doctor/variables_check.ts";
import { linesOf } from "./make_situation.ts";

const OURS = "http://127.0.0.1:3128";
const listening: Place = { kind: "taken", by: { kind: "doorward" } };
const POINTED = { http_proxy: OURS, https_proxy: OURS, HTTP_PROXY: OURS, HTTPS_PROXY: OURS };
const DIRECT = "ok upstream: Doorward reaches the network directly";
const EXCEPTIONS = "ok exceptions: NO_PROXY has only this machine be reached past Doorward";
const THROUGH = "ok shell: its commands are sent through Doorward";

/** What is told of a shell with these variables, while Doorward listens. */
async function linesWith(env: Record<string, string>, toml = "[network]\n"): Promise<string[]> {
  return await linesOf(variablesCheck, { env, toml, http: listening });
}

Deno.test("a shell without variables is told how it could be pointed at Doorward", async () => {
  const how = 'those of doorward run, or after eval "$(doorward env)", go through Doorward';
  assertEquals(await linesWith({}), [
    `note shell: no variable names a proxy: its commands go directly; ${how}`,
    DIRECT,
  ]);
  assertEquals(await linesWith({ https_proxy: "http://u:secret@proxy.test:3128" }), [
    `note shell: its variables name another proxy; ${how}`,
    "ok upstream: Doorward reaches the network through http://proxy.test:3128 (https_proxy); plain HTTP directly",
  ]);
});

Deno.test("a shell that is pointed at Doorward is well while that listens", async () => {
  assertEquals(await linesWith(POINTED), [THROUGH, EXCEPTIONS, DIRECT]);
  assertEquals((await linesOf(variablesCheck, { env: POINTED })).slice(0, 3), [
    "warning shell: its commands go to Doorward, and nobody listens there: they fail",
    "  in another terminal: doorward start",
    "  or: unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY",
  ]);
});

Deno.test("a shell that is pointed at Doorward by half is told what is missing", async () => {
  const { https_proxy: _, ...half } = POINTED;
  assertEquals((await linesWith(half)).slice(0, 2), [
    "warning shell: only some variables name Doorward, and not https_proxy",
    '  eval "$(doorward env)"',
  ]);
});

Deno.test("the two spellings of a variable have to agree, but on Windows", async () => {
  const env = { all_proxy: "http://a:secret@a.test:1", ALL_PROXY: "http://b.test:2" };
  const [, ...lines] = await linesWith(env);
  assertEquals(lines.slice(0, 2), [
    'warning spelling: all_proxy and ALL_PROXY differ: "http://…@a.test:1", "http://b.test:2"',
    "  unset all_proxy ALL_PROXY",
  ]);
  const windows = await linesOf(variablesCheck, { env, os: "windows" });
  assertEquals(windows.filter((line) => line.includes("differ")), []);
});

Deno.test("a variable of a tool that names another proxy is told in any case", async () => {
  const env = { ...POINTED, NPM_CONFIG_PROXY: "http://other.test:1", PIP_PROXY: OURS };
  assertEquals(await linesWith(env), [
    THROUGH,
    'warning tools: NPM_CONFIG_PROXY has npm go to another proxy: "http://other.test:1"',
    "  unset NPM_CONFIG_PROXY",
    EXCEPTIONS,
    DIRECT,
  ]);
});

Deno.test("Doorward as its own upstream proxy is told before it is started", async () => {
  const toml = `[network]\nupstream_proxy = "${OURS}"\n`;
  const lines = await linesWith({}, toml);
  assertEquals(lines.slice(1), [
    "fault upstream: test.toml:2:18 names Doorward itself: start refuses to go round in circles",
    '  upstream_proxy = "http://HOST:PORT" under [network], of another proxy',
  ]);
  assertEquals((await linesWith({ all_proxy: OURS })).slice(1), [
    "warning upstream: all_proxy names Doorward itself: start refuses to go round in circles",
    "  unset all_proxy",
  ]);
});

Deno.test("a variable that names no proxy is told, without what may be a password", async () => {
  const lines = await linesWith({ https_proxy: "gopher://u:secret@a.test" });
  assertEquals(lines.filter((line) => line.includes("secret")), []);
  const at = lines.findIndex((line) => line.startsWith("warning upstream"));
  assertEquals(lines.slice(at + 1), ["  mend the variable"]);
});

Deno.test("inside of run the variables are those of run", async () => {
  assertEquals(await linesWith({ DOORWARD_ACTIVE: "1", http_proxy: "http://127.0.0.1:40404" }), [
    "note shell: this is inside of doorward run, whose proxy its variables name",
  ]);
});
