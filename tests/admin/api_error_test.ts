import { assertEquals, assertStrictEquals } from "@std/assert";
import { ApiError, apiErrorOf, type ApiReason } from "../../src/admin/api_error.ts";
import { AdminError } from "../../src/proxy/admin_error.ts";

/** Every status there is, with one of its reasons. */
const STATUSES: readonly (readonly [ApiReason, number])[] = [
  ["invalid_json", 400],
  ["bad_pattern", 400],
  ["local_address", 400],
  ["token_required", 401],
  ["bad_host", 403],
  ["bad_code", 403],
  ["not_pending", 404],
  ["not_a_rule", 404],
  ["method_not_allowed", 405],
  ["configured", 409],
  ["body_too_large", 413],
  ["unsupported_media_type", 415],
  ["too_many_readers", 429],
  ["too_many_rules", 429],
  ["reload_failed", 500],
  ["cannot_write", 500],
];

for (const [reason, status] of STATUSES) {
  Deno.test(`status of ${reason} is ${status}`, () => {
    assertEquals(new ApiError(reason, "Cannot").status, status);
  });
}

Deno.test("apiErrorOf() keeps what is one", () => {
  const error = new ApiError("bad_code", "Cannot");
  assertStrictEquals(apiErrorOf(error), error);
});

Deno.test("apiErrorOf() tells why a wish cannot be granted", () => {
  const told = apiErrorOf(new AdminError("configured", "Cannot withdraw", { rules: [1] }));
  assertEquals([told.reason, told.message, told.more], ["configured", "Cannot withdraw", {
    rules: [1],
  }]);
});

Deno.test("apiErrorOf() tells nothing of a fault of ours", () => {
  for (const error of [new TypeError("secret"), "secret", null]) {
    const told = apiErrorOf(error);
    assertEquals([told.reason, told.status, told.more], ["internal_error", 500, {}]);
    assertEquals(told.message, "Doorward failed on this call: this is a fault of Doorward");
  }
});
