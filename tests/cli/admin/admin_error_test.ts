import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { AdminError, inWords, late, unreachable } from "../../../src/cli/admin/admin_error.ts";
import { ConnectError, ProtocolError } from "../../../src/net/errors.ts";

const URL = "http://127.0.0.1:8080";

function lines(error: unknown): readonly string[] {
  const told = inWords(error, URL);
  assertInstanceOf(told, AdminError);
  assertEquals(told.exit, 125);
  assertStrictEquals(told.cause, error);
  return told.lines;
}

Deno.test("inWords() says how to start what is not there", () => {
  assertEquals(lines(new ConnectError("connection_refused", "x")), [
    "No Doorward answers on http://127.0.0.1:8080: start one with doorward start",
    "the proxy of doorward run takes no commands",
  ]);
});

Deno.test("inWords() says why a place cannot be reached", () => {
  assertEquals(lines(new ConnectError("host_unreachable", "x")), [
    "Cannot reach http://127.0.0.1:8080: its address cannot be reached",
  ]);
});

Deno.test("inWords() says what is wrong with an answer", () => {
  assertEquals(lines(new ProtocolError("upstream", "bad_header", "Cannot do that: no")), [
    "What listens on http://127.0.0.1:8080 does not answer as Doorward does",
    "Cannot do that: no",
  ]);
});

Deno.test("inWords() leaves everything else as it is", () => {
  for (const error of [new TypeError("x"), late(URL), null]) {
    assertStrictEquals(inWords(error, URL), error);
  }
});

Deno.test("late() and unreachable() are failures of ours, not answers", () => {
  for (const error of [late(URL), unreachable(["x"])]) {
    assertEquals([error.exit, error.reply, error.cause], [125, null, undefined]);
  }
});
