import { assertEquals } from "@std/assert";
import { badSocketPath, isSocketPath, socketOs } from "../../src/config/socket_path.ts";

/** A path; whether it will do on Linux and macOS; whether on Windows and elsewhere. */
const PATHS: readonly (readonly [string, boolean, boolean])[] = [
  ["/tmp/example.sock", true, true],
  ["/private/tmp/x", true, true],
  ["/tmp/../x", true, true],
  ["/tmp/name\\part.sock", true, true],
  ["/", true, true],
  ["relative.sock", false, false],
  ["./relative.sock", false, false],
  ["", false, false],
  ["~/x.sock", false, false],
  ["/tmp/nul\0x", false, false],
  ["C:\\x", false, true],
  ["c:/x", false, true],
  ["C:\\nul\0", false, false],
  ["C:x", false, false],
  ["1:\\x", false, false],
  ["\\x", false, false],
  ["\\\\server", false, false],
  ["\\\\server\\", false, false],
  ["\\\\server\\share", false, true],
  ["\\\\server\\share\\x.sock", false, true],
  ["\\\\?\\C:\\x", false, true],
  ["\\\\.\\pipe\\x", false, true],
  ["\\\\?\\", false, false],
  [" /tmp/x", false, false],
];

for (const [path, onUnix, elsewhere] of PATHS) {
  Deno.test(`isSocketPath() judges ${JSON.stringify(path)}`, () => {
    const judged = (["linux", "macos", "windows", "unknown"] as const)
      .map((os) => isSocketPath(path, os));
    assertEquals(judged, [onUnix, onUnix, elsewhere, elsewhere]);
  });
}

Deno.test("socketOs() names the systems as the messages do", () => {
  const names = (["linux", "darwin", "windows", "freebsd", "android"] as const).map(socketOs);
  assertEquals(names, ["linux", "macos", "windows", "unknown", "unknown"]);
});

Deno.test("badSocketPath() says which entry it is", () => {
  assertEquals(
    badSocketPath(1, "macos", '"x"'),
    'invalid network.allow_unix_sockets[1]: expected a NUL-free absolute path for macos, got "x"',
  );
});
