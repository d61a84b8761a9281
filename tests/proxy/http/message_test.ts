import { assertEquals } from "@std/assert";
import { endsAfterReply, isRepeatable } from "../../../src/proxy/http/message.ts";
import { requestFraming } from "../../../src/http/framing.ts";
import { readMessage } from "../../../src/proxy/http/message.ts";
import { faultOf } from "../../support/fault.ts";
import { messageOf, requestHead } from "../../support/heads.ts";

Deno.test("readMessage() shows policy what a method or a target does not tell", () => {
  const plain = messageOf("GET");
  assertEquals(
    [plain.request.hasBody, plain.request.upgrades, plain.request.methodOverride],
    [false, false, null],
  );
  assertEquals(messageOf("GET", "Content-Length: 1").request.hasBody, true);
  assertEquals(messageOf("GET", "Transfer-Encoding: chunked").request.hasBody, true);
  assertEquals(messageOf("GET", "Content-Length: 0").request.hasBody, false);
  // Whether it could work or not: limited mode refuses the mere wish.
  assertEquals(messageOf("GET", "Upgrade: anything").request.upgrades, true);
  for (const name of ["X-HTTP-Method-Override", "x-http-method", "X-METHOD-OVERRIDE"]) {
    assertEquals(messageOf("GET", `${name}: POST`).request.methodOverride, name.toLowerCase());
  }
});

Deno.test("readMessage() knows whether the client stays", () => {
  assertEquals(messageOf("GET").staying, true);
  assertEquals(messageOf("GET", "Connection: keep-alive, Close").staying, false);
  const old = requestHead("GET http://a.test/ HTTP/1.0", "Connection: keep-alive");
  assertEquals(readMessage(old, requestFraming(old)).staying, false);
});

Deno.test("readMessage() throws for a target that leads nowhere", async () => {
  const head = requestHead("GET http://a..test/ HTTP/1.1", "Host: a.test");
  assertEquals(
    await faultOf(() => Promise.resolve().then(() => readMessage(head, { kind: "none" }))),
    "client bad_target",
  );
});

Deno.test("isRepeatable() lets only what is safe and has no body be sent twice", () => {
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    assertEquals(isRepeatable(messageOf(method)), true, method);
    assertEquals(isRepeatable(messageOf(method, "Content-Length: 1")), false, method);
  }
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "get", "PROPFIND"]) {
    assertEquals(isRepeatable(messageOf(method)), false, method);
  }
});

Deno.test("endsAfterReply() keeps a connection only where the next request can be found", () => {
  assertEquals(endsAfterReply(messageOf("GET")), false);
  assertEquals(endsAfterReply(messageOf("GET", "Connection: close")), true);
  assertEquals(endsAfterReply(messageOf("POST", "Content-Length: 5")), true);
  assertEquals(endsAfterReply(messageOf("POST", "Content-Length: 0")), false);
});
