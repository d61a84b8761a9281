import { assertEquals } from "@std/assert";
import {
  upstreamLines,
  upstreamRoute,
  upstreamWarnings,
} from "../../../src/cli/printed/upstream_lines.ts";
import { paint } from "../../../src/cli/printed/terminal.ts";
import { upstreamProxy } from "../../support/upstream.ts";

const HTTPS = upstreamProxy("http://me:secret@proxy.corp:3128");
const HTTP = upstreamProxy("socks5://proxy.corp", "HTTP_PROXY");

Deno.test("upstreamRoute() names each proxy and its variable", () => {
  assertEquals(upstreamRoute({ tunnels: null, plain: null }), "direct");
  assertEquals(
    upstreamRoute({ tunnels: HTTPS, plain: HTTPS }),
    "through http://proxy.corp:3128 (HTTPS_PROXY)",
  );
  assertEquals(
    upstreamRoute({ tunnels: HTTPS, plain: HTTP }),
    "through http://proxy.corp:3128 (HTTPS_PROXY); plain HTTP through socks5://proxy.corp:1080 (HTTP_PROXY)",
  );
  assertEquals(
    upstreamRoute({ tunnels: HTTPS, plain: null }),
    "through http://proxy.corp:3128 (HTTPS_PROXY); plain HTTP directly",
  );
});

Deno.test("upstreamLines() say nothing where everything goes directly", () => {
  const direct = { tunnels: null, plain: null, bypass: [], warnings: ["x"] };
  assertEquals(upstreamLines(direct), []);
  assertEquals(upstreamLines({ ...direct, tunnels: HTTPS, plain: HTTPS }), [
    ["  leaves  through http://proxy.corp:3128 (HTTPS_PROXY); datagrams directly"],
  ]);
});

Deno.test("upstreamWarnings() are warnings", () => {
  const settings = { tunnels: null, plain: null, bypass: [], warnings: ["a", "b"] };
  assertEquals(upstreamWarnings(settings), [
    [paint("warning", "doorward: warning: "), "a"],
    [paint("warning", "doorward: warning: "), "b"],
  ]);
});
