import { assertEquals, assertRejects } from "@std/assert";
import { askAdmin, askProxy, askSocks } from "../../../src/cli/doctor/ask_occupant.ts";
import { ProtocolError } from "../../../src/net/errors.ts";
import { ip } from "../../support/policy.ts";
import { ScriptedStream } from "../../support/scripted_stream.ts";

const AT = { ip: ip("127.0.0.1"), port: 8080 };

/** An answer over HTTP, its body with its length. */
function answer(fields: string, body = "", status = "200 OK"): ScriptedStream {
  return new ScriptedStream(
    `HTTP/1.1 ${status}\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
}

Deno.test("askProxy() asks what is no request, and knows Doorward by its Proxy-Status", async () => {
  const ours = answer(
    "Proxy-Status: doorward; error=http_request_error\r\n",
    "",
    "400 Bad Request",
  );
  assertEquals(await askProxy(ours), { kind: "doorward" });
  // Without a Host it is neither judged nor recorded.
  assertEquals(ours.written, "GET / HTTP/1.1\r\n\r\n");
});

Deno.test("askProxy() names other servers as they name themselves, fit for a terminal", async () => {
  assertEquals(await askProxy(answer("Server: ng\x9binx\r\n")), {
    kind: "other",
    what: 'an HTTP server answers there that is not Doorward: "ng\\u009binx"',
  });
  assertEquals(await askProxy(answer("Proxy-Status: doorwardly\r\n")), {
    kind: "other",
    what: "an HTTP server answers there that is not Doorward",
  });
  assertEquals(await askProxy(new ScriptedStream()), {
    kind: "other",
    what: "what listens there says nothing",
  });
});

Deno.test("askProxy() reads no head without end", async () => {
  const endless = new ScriptedStream("HTTP/1.1 200 OK\r\n", `X: ${"x".repeat(100_000)}`);
  await assertRejects(() => askProxy(endless), ProtocolError);
});

Deno.test("askSocks() offers to do without a password, and knows SOCKS5 by its version", async () => {
  const socks = new ScriptedStream("\x05\x00");
  assertEquals(await askSocks(socks), { kind: "socks5" });
  assertEquals(socks.written, "\x05\x01\x00");
  const other = { kind: "other", what: "what answers there does not speak SOCKS5" } as const;
  assertEquals(await askSocks(new ScriptedStream("HTTP/1.1 400 Bad")), other);
  assertEquals(await askSocks(new ScriptedStream()), other);
});

Deno.test("askAdmin() asks for the health, and shows nobody a token", async () => {
  const ours = answer("Server: doorward\r\nContent-Type: application/json\r\n", '{"mode":"full"}');
  assertEquals(await askAdmin(ours, AT), { kind: "admin", health: { mode: "full" } });
  const [line, ...fields] = ours.written.split("\r\n");
  assertEquals([line, fields[0]], ["GET /health HTTP/1.1", "Host: 127.0.0.1:8080"]);
  assertEquals(/authorization/i.test(ours.written), false);
});

Deno.test("askAdmin() believes nobody who only says that it is Doorward", async () => {
  const lie = { kind: "other", what: "it says that it is Doorward, and is not" } as const;
  const named = "Server: doorward/9\r\n";
  assertEquals(await askAdmin(answer(named, "", "404 Not Found"), AT), lie);
  assertEquals(await askAdmin(answer(named, `"${"x".repeat(70_000)}"`), AT), lie);
  await assertRejects(() => askAdmin(answer(named, "not JSON"), AT), ProtocolError);
  assertEquals((await askAdmin(answer("Server: other\r\n", "{}"), AT)).kind, "other");
});
