import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Access } from "../../src/admin/access.ts";
import { ApiError } from "../../src/admin/api_error.ts";
import { TOKEN } from "./make_admin.ts";

function withAuthorization(authorization?: string): Request {
  const headers = authorization === undefined ? {} : { authorization };
  return new Request("http://127.0.0.1:8080/", { headers });
}

/** What is sent, and who that is. */
const CALLERS: readonly (readonly [string | undefined, string])[] = [
  [`Bearer ${TOKEN}`, "admin"],
  [`bearer   ${TOKEN}`, "admin"],
  [`BEARER ${TOKEN}`, "admin"],
  [undefined, "anyone"],
  ["", "anyone"],
  ["Bearer", "anyone"],
  [`Bearer${TOKEN}`, "anyone"],
  [`Bearer ${TOKEN.slice(1)}`, "anyone"],
  [`Bearer ${TOKEN}A`, "anyone"],
  [`Bearer ${TOKEN.toUpperCase()}`, "anyone"],
  [`Bearer ${TOKEN.slice(0, -1)}\u00e9`, "anyone"],
  [`Bearer ${TOKEN}, Bearer ${TOKEN}`, "anyone"],
  [`Basic ${TOKEN}`, "anyone"],
];

for (const [authorization, caller] of CALLERS) {
  Deno.test(`callerOf() takes ${JSON.stringify(authorization)} for ${caller}`, () => {
    const access = new Access(TOKEN, "loosen");
    assertEquals(access.callerOf(withAuthorization(authorization)), caller);
  });
}

Deno.test("callerOf() takes no code for a key", () => {
  const access = new Access(TOKEN, "loosen");
  const code = access.newCode();
  assertEquals(access.callerOf(withAuthorization(`Bearer ${code}`)), "anyone");
});

Deno.test("trade() gives a key for a code, once", () => {
  const access = new Access(TOKEN, "loosen");
  const code = access.newCode();
  assertMatch(code, /^[A-Za-z0-9_-]{43}$/);
  const key = access.trade(code);
  assertMatch(key!, /^[A-Za-z0-9_-]{43}$/);
  assert(key !== code && key !== TOKEN);
  assertEquals(access.callerOf(withAuthorization(`Bearer ${key}`)), "dashboard");
  assertEquals(access.trade(code), null);
  assertEquals(access.callerOf(withAuthorization(`Bearer ${key}`)), "dashboard");
});

Deno.test("trade() gives nothing for what is no code", () => {
  const access = new Access(TOKEN, "loosen");
  const code = access.newCode();
  for (const wrong of ["", TOKEN, code.slice(1), `${code}A`, ` ${code}`]) {
    assertEquals(access.trade(wrong), null);
  }
  assert(access.trade(code) !== null);
});

Deno.test("newCode() keeps 32 links, the newest of them", () => {
  const access = new Access(TOKEN, "loosen");
  const codes = Array.from({ length: 33 }, () => access.newCode());
  assertEquals(new Set(codes).size, 33);
  const [first, ...others] = codes.map((code) => access.trade(code));
  assertEquals([first, others.includes(null)], [null, false]);
});

Deno.test("trade() keeps 64 pages, the newest of them", () => {
  const access = new Access(TOKEN, "loosen");
  const keys = Array.from({ length: 65 }, () => access.trade(access.newCode())!);
  const callers = keys.map((key) => access.callerOf(withAuthorization(`Bearer ${key}`)));
  assertEquals(callers[0], "anyone");
  assertEquals(new Set(callers.slice(1)), new Set(["dashboard"]));
});

Deno.test("demand() refuses who is nobody, and says where the token is", () => {
  const access = new Access(TOKEN, "loosen");
  const error = assertThrows(() => access.demand("anyone", "To allow a host"), ApiError);
  assertEquals([error.reason, error.status], ["token_required", 401]);
  assertMatch(error.message, /^To allow a host: send the token in <home>\/proxy\/admin\.token as /);
  assert(!error.message.includes(TOKEN));
  access.demand("admin", "To allow a host");
  access.demand("dashboard", "To allow a host");
});

Deno.test('demand() lets everybody pass where admin_auth is "none"', () => {
  new Access(TOKEN, "none").demand("anyone", "To allow a host");
});

Deno.test('isClosed is so where admin_auth is "all"', () => {
  const closed = (["loosen", "all", "none"] as const).map((auth) =>
    new Access(TOKEN, auth).isClosed
  );
  assertEquals(closed, [false, true, false]);
});
