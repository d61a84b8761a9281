import { assertEquals } from "@std/assert";
import {
  absolutePath,
  folderOf,
  isAbsolute,
  joinPath,
  nameOf,
} from "../../src/config/file_path.ts";

Deno.test("joinPath() puts one separator between names", () => {
  assertEquals(joinPath("linux", "/a//", "b", "c"), "/a/b/c");
  assertEquals(joinPath("linux", "/", "b"), "/b");
  assertEquals(joinPath("windows", "C:\\a/\\", "b"), "C:\\a\\b");
});

Deno.test("folderOf() and nameOf() part a path", () => {
  const parts = (path: string, os: typeof Deno.build.os) => [folderOf(path, os), nameOf(path, os)];
  assertEquals(parts("/a/b.toml", "linux"), ["/a", "b.toml"]);
  assertEquals(parts("/b.toml", "linux"), ["/", "b.toml"]);
  assertEquals(parts("b.toml", "linux"), [".", "b.toml"]);
  assertEquals(parts("a\\b.toml", "linux"), [".", "a\\b.toml"]);
  assertEquals(parts("C:\\a/b.toml", "windows"), ["C:\\a", "b.toml"]);
  assertEquals(parts("C:\\b.toml", "windows"), ["C:\\", "b.toml"]);
});

Deno.test("absolutePath() names a relative path from the folder", () => {
  assertEquals(absolutePath("/x", "/a", "linux"), "/x");
  assertEquals(absolutePath("x/y", "/a", "linux"), "/a/x/y");
  assertEquals(absolutePath("././x", "/a", "linux"), "/a/x");
  assertEquals(absolutePath("./.x", "/a", "linux"), "/a/.x");
  assertEquals(absolutePath(".", "/a", "linux"), "/a");
  assertEquals(absolutePath(".\\x", "C:\\a", "windows"), "C:\\a\\x");
});

Deno.test("isAbsolute() knows the roots of each system", () => {
  assertEquals(["/x", "x", "C:\\x"].map((path) => isAbsolute(path, "linux")), [true, false, false]);
  const windows = ["C:\\x", "c:/x", "\\\\host\\share", "/x", "x", "C:x"];
  assertEquals(windows.map((path) => isAbsolute(path, "windows")), [
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});
