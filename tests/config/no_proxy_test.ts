import { assertEquals } from "@std/assert";
import { formatIpRange } from "../../src/net/address/ip_range.ts";
import { parseNoProxy } from "../../src/config/no_proxy.ts";

/** What is read of a list, each entry in short. */
function read(text: string): string[] {
  return parseNoProxy(text).entries.map((entry) => {
    const port = entry.port === null ? "" : ` port ${entry.port}`;
    const what = entry.kind === "name"
      ? entry.name
      : entry.kind === "range"
      ? formatIpRange(entry.range)
      : "everything";
    return what + port;
  });
}

const TABLE: readonly (readonly [string, readonly string[]])[] = [
  ["", []],
  [" , ,", []],
  ["a.test", ["a.test"]],
  ["a.test,b.test", ["a.test", "b.test"]],
  ["a.test b.test\tc.test\n", ["a.test", "b.test", "c.test"]],
  [" a.test ,, b.test ", ["a.test", "b.test"]],
  [".a.test", ["a.test"]],
  ["*.a.test", ["a.test"]],
  ["A.Test.", ["a.test"]],
  [".svc", ["svc"]],
  ["localhost", ["localhost"]],
  ["my_host", ["my_host"]],
  ["*", ["everything"]],
  ["*:8080", ["everything port 8080"]],
  ["a.test:8080", ["a.test port 8080"]],
  ["10.0.0.1", ["10.0.0.1/32"]],
  ["10.0.0.1:8080", ["10.0.0.1/32 port 8080"]],
  ["::1", ["::1/128"]],
  ["[::1]", ["::1/128"]],
  ["[::1]:8080", ["::1/128 port 8080"]],
  ["10.0.0.0/8", ["10.0.0.0/8"]],
  ["10.1.2.3/8", ["10.0.0.0/8"]],
  ["0.0.0.0/0", ["0.0.0.0/0"]],
  ["fd00::/8", ["fd00::/8"]],
  ["[fd00::/8]:80", ["fd00::/8 port 80"]],
];

for (const [text, expected] of TABLE) {
  Deno.test(`parseNoProxy() reads ${JSON.stringify(text)}`, () => {
    assertEquals(read(text), expected);
    assertEquals(parseNoProxy(text).unread, []);
  });
}

for (
  const word of [
    "10.*",
    "169.254/16",
    "10.0.0.0/33",
    "10.0.0.0/8/8",
    "a..b",
    "a.test:0",
    "..a",
    "*.*.a",
    "http://a.test",
    "10.0.0.0/-1",
    "10.0.0.0/",
    "a.test:99999",
    "1.2.3",
    "*a",
  ]
) {
  Deno.test(`parseNoProxy() cannot read ${word}, and goes on`, () => {
    assertEquals(parseNoProxy(`${word},a.test`).unread, [word]);
    assertEquals(read(`${word},a.test`), ["a.test"]);
  });
}
