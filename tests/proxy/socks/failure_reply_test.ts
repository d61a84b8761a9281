import { assertEquals } from "@std/assert";
import { connectFailureReply } from "../../../src/proxy/socks/failure_reply.ts";

// RFC 1928 section 6.
Deno.test("connectFailureReply() tells network, host, refusal and time apart", () => {
  assertEquals(connectFailureReply("network_unreachable"), 0x03);
  assertEquals(connectFailureReply("host_unreachable"), 0x04);
  assertEquals(connectFailureReply("dns_failure"), 0x04);
  assertEquals(connectFailureReply("connection_refused"), 0x05);
  assertEquals(connectFailureReply("connection_timeout"), 0x06);
  assertEquals(connectFailureReply("dns_timeout"), 0x06);
  assertEquals(connectFailureReply("too_many_lookups"), 0x01);
  assertEquals(connectFailureReply("connection_failed"), 0x01);
  assertEquals(connectFailureReply("tls_failed"), 0x01);
  assertEquals(connectFailureReply("certificate_expired"), 0x01);
  assertEquals(connectFailureReply("certificate_untrusted"), 0x01);
  assertEquals(connectFailureReply("certificate_mismatch"), 0x01);
  // Never 0x02: "not allowed" is what our own policy says.
  assertEquals(connectFailureReply("upstream_proxy_authentication"), 0x01);
  assertEquals(connectFailureReply("upstream_proxy_refused"), 0x01);
  assertEquals(connectFailureReply("upstream_proxy_failed"), 0x01);
});
