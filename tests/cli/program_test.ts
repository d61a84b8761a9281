import { assertEquals } from "@std/assert";
import { connectWords, systemProgram } from "../../src/cli/program.ts";

Deno.test("systemProgram() is the runtime and its script where nothing was compiled", () => {
  assertEquals(systemProgram(), {
    kind: "script",
    deno: Deno.execPath(),
    main: Deno.mainModule,
  });
});

Deno.test("connectWords() calls the executable itself", () => {
  assertEquals(
    connectWords({ kind: "compiled", path: "/opt/doorward" }, "127.0.0.1:4000", "linux"),
    ["/opt/doorward", "connect", "--proxy", "http://127.0.0.1:4000"],
  );
});

const SCRIPT = { kind: "script", deno: "/bin/deno", main: "file:///src/main.ts" } as const;

Deno.test("connectWords() lets a script reach nothing but the proxy", () => {
  assertEquals(connectWords(SCRIPT, "127.0.0.1:4000", "linux"), [
    "env",
    "DENO_NO_UPDATE_CHECK=1",
    "/bin/deno",
    "run",
    "--quiet",
    "--no-prompt",
    "--cached-only",
    "--allow-env",
    "--allow-net=127.0.0.1:4000",
    "file:///src/main.ts",
    "connect",
    "--proxy",
    "http://127.0.0.1:4000",
  ]);
});

Deno.test("connectWords() needs no program that Windows has not got", () => {
  assertEquals(connectWords(SCRIPT, "127.0.0.1:4000", "windows")[0], "/bin/deno");
});
