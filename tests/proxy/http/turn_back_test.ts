import { assertEquals, assertStringIncludes } from "@std/assert";
import { latin1 } from "../../../src/net/stream/latin1.ts";
import { turnBack } from "../../../src/proxy/http/turn_back.ts";
import { messageOf } from "../../support/heads.ts";

/** The answer as text, or null. */
function turned(method: string, ...fields: readonly string[]): string | null {
  const bytes = turnBack(messageOf(method, ...fields), "doorward-1");
  return bytes === null ? null : latin1(bytes);
}

Deno.test("turnBack() lets a request on that nothing is wrong with", () => {
  assertEquals(turned("GET", "Via: 1.1 other", "Max-Forwards: 0"), null);
  assertEquals(turned("OPTIONS", "Max-Forwards: 1"), null);
});

// Our own Via coming back.
Deno.test("turnBack() breaks a loop", () => {
  const answer = turned("GET", "Via: 1.1 a, 1.1 doorward-1")!;
  assertStringIncludes(answer, "HTTP/1.1 508 Loop Detected\r\n");
  assertStringIncludes(answer, "Proxy-Status: doorward; error=proxy_loop_detected\r\n");
});

Deno.test("turnBack() finds no loop where Via is switched off", () => {
  assertEquals(turnBack(messageOf("GET", "Via: 1.1 doorward-1"), null), null);
});

// RFC 9110 section 7.6.2.
Deno.test("turnBack() answers OPTIONS and TRACE itself at the last hop", () => {
  assertStringIncludes(turned("OPTIONS", "Max-Forwards: 0")!, "HTTP/1.1 200 OK\r\n");
  const trace = turned("TRACE", "Max-Forwards: 0", "Cookie: secret")!;
  assertStringIncludes(trace, "HTTP/1.1 405 Method Not Allowed\r\n");
  assertEquals(trace.includes("secret"), false);
});

Deno.test("turnBack() refuses a count of hops that is none", () => {
  for (const count of ["-1", "x", ""]) {
    assertStringIncludes(turned("OPTIONS", `Max-Forwards: ${count}`)!, "HTTP/1.1 400 ");
  }
  assertStringIncludes(turned("TRACE", "Max-Forwards: 1", "Max-Forwards: 2")!, "HTTP/1.1 400 ");
});

Deno.test("turnBack() keeps the connection where it can", () => {
  assertEquals(turned("GET", "Via: 1.1 doorward-1")!.includes("Connection: close"), false);
  const withBody = turned("POST", "Via: 1.1 doorward-1", "Content-Length: 3")!;
  assertStringIncludes(withBody, "Connection: close\r\n");
});

Deno.test("turnBack() sends no body to a HEAD", () => {
  assertEquals(turned("HEAD", "Via: 1.1 doorward-1")!.endsWith("\r\n\r\n"), true);
});
