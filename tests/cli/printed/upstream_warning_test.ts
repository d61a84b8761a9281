import { assertEquals } from "@std/assert";
import { upstreamWarning } from "../../../src/cli/printed/upstream_warning.ts";

const LISTENER = { ip: { family: 4, bits: 0x7f000001n }, port: 3128 } as const;
const REST = "not used: this version of Doorward connects directly";

/** Environments, and what is said about them. */
const CASES: readonly (readonly [Record<string, string>, string | null])[] = [
  [{}, null],
  [{ HTTP_PROXY: "", NO_PROXY: "x" }, null],
  [{ HTTP_PROXY: "http://corp.test:8080" }, `HTTP_PROXY of this environment is ${REST}`],
  [
    { https_proxy: "http://corp.test:8080", ALL_PROXY: "socks5://corp.test" },
    `ALL_PROXY, https_proxy of this environment are ${REST}`,
  ],
  [{ HTTP_PROXY: "http://127.0.0.1:3128", https_proxy: "http://x@localhost:3128/" }, null],
  [{ HTTP_PROXY: "http://127.0.0.1:3129" }, `HTTP_PROXY of this environment is ${REST}`],
  [{ HTTP_PROXY: "127.0.0.1:3128" }, null],
];

for (const [env, warning] of CASES) {
  Deno.test(`upstreamWarning() of ${JSON.stringify(env)}`, () => {
    assertEquals(upstreamWarning(env, LISTENER), warning);
  });
}

Deno.test("upstreamWarning() never prints the value, which may hold a password", () => {
  const warning = upstreamWarning({ HTTP_PROXY: "http://me:secret@corp.test:8080" }, LISTENER);
  assertEquals(warning?.includes("secret"), false);
});
