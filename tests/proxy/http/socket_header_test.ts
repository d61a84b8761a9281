import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../src/net/errors.ts";
import { refusePages, socketPath } from "../../../src/proxy/http/socket_header.ts";
import { fault } from "../../support/fault.ts";
import { requestHead } from "../../support/heads.ts";
import { httpTo } from "../../support/policy.ts";

/** The path that these fields name. */
function read(...fields: readonly string[]): string | null {
  return socketPath(requestHead("GET / HTTP/1.1", "Host: a.test", ...fields).fields);
}

Deno.test("socketPath() is null without the header", () => {
  assertEquals(read("x_unix_socket: /a", "unix-socket: /a", "x-unix-sockets: /a"), null);
});

Deno.test("socketPath() reads the value as it stands", () => {
  assertEquals(read("X-Unix-Socket: /run/a.sock"), "/run/a.sock");
  assertEquals(read("x-unix-socket:  /run/a b.sock \t"), "/run/a b.sock");
  // What a path is worth is for others to say.
  for (const path of ["relative", "@abstract", "/a/../b", "/a,/b", '"/a"', "%2Fa"]) {
    assertEquals(read(`x-unix-socket: ${path}`), path);
  }
});

Deno.test("socketPath() throws for a header that is doubled, empty or not ASCII", () => {
  const table: readonly (readonly [string, string])[] = [
    ["x-unix-socket: /a\r\nx-unix-socket: /a", "there is more than one"],
    ["x-unix-socket: /a\r\nX-UNIX-SOCKET:", "there is more than one"],
    ["x-unix-socket:", "it is empty"],
    ["x-unix-socket: \t ", "it is empty"],
    ["x-unix-socket: /caf\u00e9", "it holds a character that is not visible ASCII"],
    ["x-unix-socket: /a\tb", "it holds a character that is not visible ASCII"],
  ];
  for (const [lines, why] of table) {
    const { peer, code, message } = assertThrows(() => read(lines), ProtocolError);
    assertEquals([peer, code], ["client", "bad_header"]);
    assertEquals(message, `Cannot use the x-unix-socket header: ${why}`);
  }
});

Deno.test("socketPath() takes a path of 1024 characters and none of 1025", () => {
  const longest = `/${"x".repeat(1023)}`;
  assertEquals(read(`x-unix-socket: ${longest}`), longest);
  assertEquals(fault(() => read(`x-unix-socket: ${longest}x`)), "client bad_header");
});

function refusalOfPage(host: string, ...fields: readonly string[]): string | null {
  const head = requestHead("GET / HTTP/1.1", `Host: ${host}`, ...fields);
  try {
    refusePages(head.fields, httpTo(host).target, 3128);
    return null;
  } catch (error) {
    return error instanceof ProtocolError ? error.message : "another error";
  }
}

Deno.test("refusePages() takes this machine and names without a dot, as programs send them", () => {
  const hosts = [
    "localhost",
    "localhost:2375",
    "api.moby.localhost",
    "docker",
    "docker:2375",
    "d:80",
  ];
  for (const host of [...hosts, "127.0.0.1:3128", "[::1]:3128"]) {
    assertEquals(refusalOfPage(host), null, host);
  }
});

Deno.test("refusePages() refuses every host that a page may come from", () => {
  for (
    const host of [
      "wiki:3128",
      "evil.:3128",
      "evil.example",
      "evil.example:3128",
      "192.0.2.1",
      "10.0.0.1",
      "[2001:db8::1]",
    ]
  ) {
    assertStringIncludes(refusalOfPage(host) ?? "", "the host must be", host);
  }
});

Deno.test("refusePages() refuses what a browser has marked", () => {
  for (const field of ["Origin: null", "Sec-Fetch-Site: same-origin", "sec-fetch-mode: cors"]) {
    const message = "Cannot use the x-unix-socket header: a web page asks";
    assertEquals(refusalOfPage("localhost", field), message, field);
  }
});
