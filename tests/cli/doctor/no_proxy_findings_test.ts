import { assertEquals } from "@std/assert";
import { exceptionFindings } from "../../../src/cli/doctor/no_proxy_findings.ts";
import { makeSituation } from "./make_situation.ts";

/** What is told of exceptions, a line each. */
async function linesWith(env: Record<string, string>, toml = "[network]\n"): Promise<string[]> {
  const findings = exceptionFindings(await makeSituation({ env, toml }));
  return findings.map(({ level, found }) => `${level}: ${found}`);
}

Deno.test("this machine may be reached past Doorward where policy lets it", async () => {
  const env = { NO_PROXY: "localhost,127.0.0.1, ::1", no_proxy: "" };
  assertEquals(await linesWith(env), [
    "ok: NO_PROXY has only this machine be reached past Doorward",
  ]);
  assertEquals(await linesWith(env, "[network]\nallow_local_binding = false\n"), [
    'warning: NO_PROXY has these be reached past Doorward: "localhost", "127.0.0.1", "::1"',
  ]);
});

Deno.test("hosts that are reached past Doorward are told, without steering the terminal", async () => {
  const env = { no_proxy: ".corp.test,10.0.0.0/8,\x1b[2J,a,b,c,d", npm_config_noproxy: "x.test" };
  assertEquals(await linesWith(env), [
    'warning: no_proxy has these be reached past Doorward: ".corp.test", "10.0.0.0/8", "\\u001b[2J", "a", "b", and 2 more',
    'warning: npm_config_noproxy has these be reached past Doorward: "x.test"',
  ]);
});

Deno.test("a star sends everything past Doorward", async () => {
  assertEquals(await linesWith({ NO_PROXY: "a.test,*" }), [
    "warning: NO_PROXY has every host be reached past Doorward",
  ]);
});
