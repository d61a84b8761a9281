import { assertEquals } from "@std/assert";
import { connectWords, envWords, isFoundOn, systemProgram } from "../../src/cli/program.ts";
import { NO_POSIX } from "../support/machine.ts";
import { makeScratch } from "../support/scratch.ts";

Deno.test("systemProgram() is the runtime and its script where nothing was compiled", () => {
  assertEquals(systemProgram(""), {
    kind: "script",
    deno: Deno.execPath(),
    main: Deno.mainModule,
  });
});

const COMPILED = { kind: "compiled", path: "/opt/doorward", isOnPath: false } as const;

Deno.test("connectWords() calls the executable itself", () => {
  assertEquals(
    connectWords(COMPILED, "127.0.0.1:4000", "linux"),
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

Deno.test("envWords() calls an executable by its name where that is found, else by its path", () => {
  assertEquals(envWords({ ...COMPILED, isOnPath: true }, false), ["doorward", "env"]);
  assertEquals(envWords(COMPILED, false), ["/opt/doorward", "env"]);
});

Deno.test("envWords() calls a script only where the address of the proxy is not enough", () => {
  assertEquals(envWords(SCRIPT, false), null);
  assertEquals(envWords(SCRIPT, true), [
    "/bin/deno",
    "run",
    "--quiet",
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "file:///src/main.ts",
    "env",
  ]);
});

Deno.test({
  name: `isFoundOn() is true of the first on the path alone, by whatever link${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scratch = await makeScratch();
    const { folder } = scratch;
    const path = await scratch.write("opt/doorward", "");
    await scratch.write("other/doorward", "");
    await Deno.mkdir(`${folder}/bin`);
    await Deno.symlink(path, `${folder}/bin/doorward`);
    const found = (PATH: string) => isFoundOn(PATH, path, "linux");
    assertEquals(found(`${folder}/none:${folder}/bin:${folder}/other`), true);
    assertEquals(found(`${folder}/other:${folder}/opt`), false);
    assertEquals(found(`:${folder}/none`), false);
  },
});
