import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ConnectError, type ConnectFault, ProtocolError } from "../../src/net/errors.ts";
import type { ProtocolFault } from "../../src/net/errors.ts";
import { latin1 } from "../../src/net/stream/latin1.ts";
import { refusalOf } from "../../src/proxy/refusal.ts";
import {
  failureReply,
  noRoomReply,
  plainReply,
  protocolErrorReply,
  refusalReply,
} from "../../src/proxy/reply.ts";
import { connectTo, httpTo, socketAt } from "../support/policy.ts";

const KEEP = { close: false, headOnly: false };
const REFUSAL = refusalOf(httpTo("a.test"), {
  verdict: "deny",
  reason: "not_allowed",
  source: "baseline_policy",
  rule: null,
  detail: "",
});

/** Head and body of a reply. */
function parts(bytes: Uint8Array): { head: string; body: string } {
  const text = latin1(bytes);
  const end = text.indexOf("\r\n\r\n") + 4;
  return { head: text.slice(0, end), body: text.slice(end) };
}

Deno.test("refusalReply() writes a block as JSON for plain HTTP", () => {
  const { head, body } = parts(refusalReply(REFUSAL, "json", KEEP));
  assertEquals(
    head,
    "HTTP/1.1 403 Blocked by Doorward: a.test:80: not in the allowlist\r\n" +
      "Content-Type: application/json\r\n" +
      `Content-Length: ${body.length}\r\n` +
      "Cache-Control: no-store\r\n" +
      "x-proxy-error: blocked-by-allowlist\r\n" +
      'Proxy-Status: doorward; error=http_request_denied; details="not_allowed"\r\n\r\n',
  );
  assertEquals(JSON.parse(body), REFUSAL.fields);
});

Deno.test("refusalReply() writes a block as text with the decision line first", () => {
  const { head, body } = parts(refusalReply(REFUSAL, "text", { ...KEEP, close: true }));
  assertStringIncludes(head, "Content-Type: text/plain; charset=utf-8\r\n");
  assertStringIncludes(head, "Connection: close\r\n");
  const lines = body.split("\n");
  assertMatch(lines[0]!, /^CODEX_NETWORK_POLICY_DECISION \{"decision":"deny",/);
  assertEquals(lines[1], REFUSAL.message);
  assertEquals(lines.slice(2), [...REFUSAL.fields.next_steps, ""]);
});

Deno.test("refusalReply() is 503 without x-proxy-error while the proxy is disabled", () => {
  const disabled = refusalOf(httpTo("a.test"), {
    verdict: "deny",
    reason: "proxy_disabled",
    source: "proxy_state",
    rule: null,
    detail: "",
  });
  const { head } = parts(refusalReply(disabled, "json", KEEP));
  assertMatch(head, /^HTTP\/1\.1 503 /);
  assertEquals(head.includes("x-proxy-error"), false);
  assertStringIncludes(head, 'error=proxy_configuration_error; details="proxy_disabled"');
});

Deno.test("a reply to HEAD tells the length of what it leaves out", () => {
  const whole = parts(refusalReply(REFUSAL, "json", KEEP));
  const { head, body } = parts(refusalReply(REFUSAL, "json", { ...KEEP, headOnly: true }));
  assertEquals(head, whole.head);
  assertEquals(body, "");
});

Deno.test("failureReply() is 502, or 504 for what took too long, or 503 for want of room", () => {
  const table: Record<ConnectFault, string> = {
    dns_failure: "502 dns_error",
    dns_timeout: "504 dns_timeout",
    too_many_lookups: "503 dns_error",
    connection_refused: "502 connection_refused",
    connection_timeout: "504 connection_timeout",
    host_unreachable: "502 destination_ip_unroutable",
    network_unreachable: "502 destination_ip_unroutable",
    connection_failed: "502 destination_unavailable",
    tls_failed: "502 tls_protocol_error",
    certificate_expired: "502 tls_certificate_error",
    certificate_untrusted: "502 tls_certificate_error",
    certificate_mismatch: "502 tls_certificate_error",
    upstream_proxy_authentication: "502 proxy_configuration_error",
    upstream_proxy_refused: "502 destination_unavailable",
    upstream_proxy_failed: "502 destination_unavailable",
  };
  for (const [code, expected] of Object.entries(table)) {
    const error = new ConnectError(code as ConnectFault, "Cannot connect to 10.20.30.40:80");
    const { head, body } = parts(failureReply(error, httpTo("a.test"), "json", KEEP));
    const [status, type] = expected.split(" ") as [string, string];
    assertStringIncludes(head, `HTTP/1.1 ${status} Doorward: `);
    assertStringIncludes(head, `Proxy-Status: doorward; error=${type}; details="${code}"\r\n`);
    assertEquals(JSON.parse(body).reason, code);
    // Which address it was is not for the client, and it is no policy block.
    assertEquals((head + body).includes("10.20"), false);
    assertEquals(head.includes("x-proxy-error"), false);
  }
});

Deno.test("failureReply() says what went wrong on the way, and when asking again is of no use", () => {
  const table: readonly (readonly [ConnectFault, string, string, boolean])[] = [
    ["connection_refused", "", "it refused the connection.", true],
    [
      "upstream_proxy_refused",
      "HTTPS_PROXY: it answered 403",
      "the upstream proxy did not connect to it (HTTPS_PROXY: it answered 403).",
      true,
    ],
    [
      "upstream_proxy_authentication",
      "HTTPS_PROXY: x",
      "the upstream proxy wants other credentials (HTTPS_PROXY: x).",
      false,
    ],
  ];
  for (const [code, detail, sentence, retryable] of table) {
    const error = new ConnectError(code, "x", { detail });
    const json = JSON.parse(parts(failureReply(error, httpTo("a.test"), "json", KEEP)).body);
    assertEquals([json.message, json.retryable], [
      `Doorward could not reach a.test: ${sentence}`,
      retryable,
    ]);
    const text = parts(failureReply(error, connectTo("a.test"), "text", KEEP)).body;
    assertEquals(text, `Doorward could not reach a.test: ${sentence}\n`);
  }
});

Deno.test("failureReply() tells a bad answer and a late one apart", () => {
  const reply = (code: ProtocolFault) =>
    parts(failureReply(new ProtocolError("upstream", code, "x"), httpTo("a.test"), "json", KEEP));
  assertMatch(reply("too_slow").head, /^HTTP\/1\.1 504 [^]*error=http_response_timeout/);
  for (const code of ["bad_status_line", "bad_header", "bad_framing", "cut_short"] as const) {
    assertMatch(reply(code).head, /^HTTP\/1\.1 502 [^]*error=http_protocol_error/);
  }
});

Deno.test("failureReply() prints its JSON in order, and one sentence as text", () => {
  const error = new ConnectError("dns_failure", "x");
  const { body } = parts(failureReply(error, httpTo("a.test"), "json", KEEP));
  assertEquals(
    body,
    '{"status":"error","host":"a.test","reason":"dns_failure","protocol":"http","port":80,' +
      '"message":"Doorward could not reach a.test: its name cannot be resolved.","retryable":true}\n',
  );
  const text = parts(failureReply(error, connectTo("a.test:443"), "text", KEEP)).body;
  assertEquals(text, "Doorward could not reach a.test: its name cannot be resolved.\n");
});

Deno.test("failureReply() says which unix socket could not be reached", () => {
  const error = new ConnectError("connection_refused", "x");
  const { head, body } = parts(failureReply(error, socketAt("/run/a.sock"), "json", KEEP));
  assertMatch(head, /^HTTP\/1\.1 502 /);
  const { host, port, protocol, message } = JSON.parse(body);
  assertEquals([host, port, protocol], ["unix-socket", 0, "http"]);
  assertStringIncludes(message, "could not reach unix socket /run/a.sock: ");
});

Deno.test("protocolErrorReply() answers each fault with its status, and always closes", () => {
  const table: Partial<Record<ProtocolFault, string>> = {
    bad_request_line: "400 Bad Request",
    bad_target: "400 Bad Request",
    bad_host: "400 Bad Request",
    bad_header: "400 Bad Request",
    bad_framing: "400 Bad Request",
    bad_chunk: "400 Bad Request",
    cut_short: "400 Bad Request",
    head_too_large: "431 Request Header Fields Too Large",
    too_many_fields: "431 Request Header Fields Too Large",
    request_line_too_long: "414 URI Too Long",
    too_slow: "408 Request Timeout",
    unsupported: "501 Not Implemented",
  };
  for (const [code, status] of Object.entries(table)) {
    const error = new ProtocolError("client", code as ProtocolFault, "Cannot do this: it is bad");
    const { head, body } = parts(protocolErrorReply(error));
    assertStringIncludes(head, `HTTP/1.1 ${status}\r\n`);
    assertStringIncludes(head, "Connection: close\r\n");
    assertStringIncludes(head, `error=http_request_error; details="${code}"`);
    assertMatch(
      body,
      /^Doorward refused this request: Cannot do this: it is bad( \([a-z_]+ under \[network\.limits\]\))?\.\n$/,
    );
  }
});

Deno.test("protocolErrorReply() names the limit that was reached", () => {
  for (
    const [code, key] of [
      ["head_too_large", "head_bytes"],
      ["too_many_fields", "head_fields"],
      ["request_line_too_long", "request_line_bytes"],
    ] as const
  ) {
    const { body } = parts(protocolErrorReply(new ProtocolError("client", code, "No")));
    assertEquals(body, `Doorward refused this request: No (${key} under [network.limits]).\n`);
  }
});

Deno.test("noRoomReply() says which limit is reached, to programs and to people", () => {
  const { head, body } = parts(noRoomReply(429, "Too Many", "connectionsPerClient"));
  assertStringIncludes(head, "HTTP/1.1 429 Too Many\r\n");
  assertStringIncludes(head, "Connection: close\r\n");
  assertStringIncludes(
    head,
    'Proxy-Status: doorward; error=http_request_denied; details="connections_per_client"\r\n',
  );
  assertEquals(
    body,
    "Doorward refused this connection: connections_per_client under [network.limits] is reached.\n",
  );
});

Deno.test("plainReply() counts bytes, not characters", () => {
  const { head } = parts(plainReply(200, "OK", "é", KEEP));
  assertStringIncludes(head, "Content-Length: 2\r\n");
});
