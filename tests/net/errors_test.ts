import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { ConnectError, ProtocolError } from "../../src/net/errors.ts";

Deno.test("ProtocolError says who broke what", () => {
  const cause = new Error("why");
  const error = new ProtocolError("upstream", "bad_chunk", "Cannot decode", { cause });
  assertInstanceOf(error, Error);
  assertEquals(
    [error.name, error.peer, error.code, error.message],
    ["ProtocolError", "upstream", "bad_chunk", "Cannot decode"],
  );
  assertStrictEquals(error.cause, cause);
});

Deno.test("ConnectError says how far it got", () => {
  const cause = new Error("why");
  const error = new ConnectError("dns_failure", "Cannot resolve", { cause });
  assertInstanceOf(error, Error);
  assertEquals(
    [error.name, error.code, error.message],
    ["ConnectError", "dns_failure", "Cannot resolve"],
  );
  assertStrictEquals(error.cause, cause);
});

Deno.test("ConnectError has a detail for the client only where it is given one", () => {
  assertEquals(new ConnectError("dns_failure", "Cannot resolve").detail, "");
  assertEquals(
    new ConnectError("dns_failure", "Cannot", { detail: "it is late" }).detail,
    "it is late",
  );
});
