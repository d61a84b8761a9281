import { assertEquals } from "@std/assert";
import { endsAfterReply, isRepeatable } from "../../../src/proxy/http/message.ts";
import { requestFraming } from "../../../src/http/framing.ts";
import { readMessage } from "../../../src/proxy/http/message.ts";
import { fault, faultOf } from "../../support/fault.ts";
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

Deno.test("readMessage() makes a request to a unix socket of one that names it, and of no other", () => {
  const { request, target } = messageOf("POST", "x-unix-socket: /run/a.sock", "Content-Length: 1");
  assertEquals(request, {
    kind: "socket",
    protocol: "http",
    path: "/run/a.sock",
    method: "POST",
    hasBody: true,
    upgrades: false,
    methodOverride: null,
  });
  assertEquals(target.path, "/");
  assertEquals(messageOf("GET", "X-Unix_Socket: /run/a.sock").request.kind, "http");
  assertEquals(fault(() => messageOf("GET", "x-unix-socket:")), "client bad_header");
});

Deno.test("readMessage() keeps Host as it came for a unix socket, and rewrites it for the network", () => {
  const hostOf = (line: string, ...fields: string[]) => {
    const head = requestHead(line, ...fields);
    return readMessage(head, { kind: "none" }, null).host;
  };
  const path = "x-unix-socket: /run/a.sock";
  assertEquals(hostOf("GET / HTTP/1.1", "Host: Docker:80", path), "Docker:80");
  assertEquals(hostOf("GET / HTTP/1.1", "Host: Docker:80"), "docker");
  assertEquals(hostOf("GET http://A:81/ HTTP/1.0", path), "a:81");
  assertEquals(fault(() => hostOf("GET / HTTP/1.1", "Host: a..b", path)), "client bad_host");
  assertEquals(fault(() => hostOf("GET / HTTP/1.1", path)), "client bad_host");
});

// The limit of what may be hidden in a connection that was asked about as HTTP.
Deno.test("readMessage() lets only a WebSocket be opened over the network", () => {
  const asked = ["Connection: Upgrade", "Upgrade: h2c, WebSocket, tcp"];
  const path = "x-unix-socket: /run/a.sock";
  assertEquals(messageOf("GET", ...asked).upgradesTo, ["websocket"]);
  assertEquals(messageOf("GET", "Connection: Upgrade", "Upgrade: tcp").upgradesTo, []);
  assertEquals(messageOf("GET", ...asked, path).upgradesTo, ["h2c", "websocket", "tcp"]);
  assertEquals(messageOf("GET", "Upgrade: tcp", path).upgradesTo, []);
  assertEquals(messageOf("GET", path).upgradesTo, []);
});

Deno.test("readMessage() knows whether the client stays", () => {
  assertEquals(messageOf("GET").staying, true);
  assertEquals(messageOf("GET", "Connection: keep-alive, Close").staying, false);
  const old = requestHead("GET http://a.test/ HTTP/1.0", "Connection: keep-alive");
  assertEquals(readMessage(old, requestFraming(old), null).staying, false);
});

Deno.test("readMessage() throws for a target that leads nowhere", async () => {
  const head = requestHead("GET http://a..test/ HTTP/1.1", "Host: a.test");
  assertEquals(
    await faultOf(() => Promise.resolve().then(() => readMessage(head, { kind: "none" }, null))),
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
