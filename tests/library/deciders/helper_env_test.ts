import { assertEquals } from "@std/assert";
import { helperEnv } from "../../../src/library/deciders/helper_env.ts";

Deno.test("helperEnv() keeps what is there but for what is secret, and marks it", () => {
  const env = { HOME: "/home/me", TOKEN: "s3cret", DOORWARD_ADMIN_TOKEN: "t", HTTP_PROXY: "x" };
  assertEquals(helperEnv(env, ["TOKEN"], "linux"), {
    HOME: "/home/me",
    HTTP_PROXY: "x",
    DOORWARD_DECIDER: "1",
  });
});

Deno.test("helperEnv() takes a secret away in every spelling: Windows knows one", () => {
  assertEquals(helperEnv({ Token: "s3cret" }, ["TOKEN"], "windows"), { DOORWARD_DECIDER: "1" });
});

Deno.test("helperEnv() has no folder on PATH that a command could write into by being somewhere", () => {
  const path = (value: string, os: typeof Deno.build.os, name = "PATH") =>
    helperEnv({ [name]: value }, [], os)[name];
  assertEquals(path(":/usr/bin:.:node_modules/.bin:/bin:", "linux"), "/usr/bin:/bin");
  assertEquals(path("C:\\a;.;b;", "windows", "Path"), "C:\\a");
  assertEquals(path(".:x", "linux", "Path"), ".:x");
});
