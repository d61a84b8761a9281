import { assertEquals } from "@std/assert";
import { ApiError } from "../../src/admin/api_error.ts";
import { errorReply, sealed } from "../../src/admin/reply.ts";

Deno.test("sealed() says to browsers what they may do with any answer, over what it says itself", () => {
  const headers = { "cache-control": "public", server: "other", "content-type": "text/css" };
  const reply = sealed(new Response("a", { status: 404, headers }));
  assertEquals(reply.status, 404);
  assertEquals(Object.fromEntries(reply.headers), {
    "cache-control": "no-store",
    "content-security-policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
      "img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; " +
      "require-trusted-types-for 'script'",
    "content-type": "text/css",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "server": "doorward",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
});

Deno.test("errorReply() tells the reason, a sentence, and whatever else there is", async () => {
  const reply = errorReply(new ApiError("configured", "Cannot withdraw", { rules: [] }));
  assertEquals([reply.status, await reply.json()], [409, {
    status: "error",
    reason: "configured",
    message: "Cannot withdraw",
    rules: [],
  }]);
  assertEquals(reply.headers.has("www-authenticate"), false);
});

Deno.test("errorReply() says how to come with a token", () => {
  const reply = errorReply(new ApiError("token_required", "To allow a host"));
  assertEquals(reply.headers.get("www-authenticate"), 'Bearer realm="doorward"');
});
