import { assertEquals } from "@std/assert";
import { looksMadeUp, marksOf, markWords } from "../../../src/cli/learn/marks.ts";
import { seenOf, type Visit } from "../../support/learned.ts";

/** What is said of a place. */
async function said(...visits: readonly Visit[]): Promise<readonly string[]> {
  return (await marksOf(seenOf(visits).places[0]!)).map(markWords);
}

/** Visits to one place, and what there is to look at. */
const TABLE: readonly (readonly [readonly Visit[], readonly string[]])[] = [
  [[{ host: "example.com" }], []],
  [[{ host: "example.com", method: "GET" }, { host: "example.com", method: "HEAD" }], []],
  [
    [{ host: "example.com", method: "POST" }, { host: "example.com", method: "DELETE" }],
    ["writes (POST, DELETE)"],
  ],
  [[{ host: "example.com", method: "MKCOL" }], ["writes (another method)"]],
  [[{ host: "8.8.4.4" }], ["an address, not a name"]],
  [[{ host: "2001:4860:4860::8844" }], ["an address, not a name"]],
  [[{ host: "me.github.io" }], ["shared: anyone can get a name under github.io"]],
  [[{ host: "raw.githubusercontent.com" }], [
    "shared: anyone can get a name under githubusercontent.com",
  ]],
  [[{ host: "esm.sh" }], ["shared: strangers keep files there"]],
  [[{ host: "example.com", port: 80, protocol: "http" }], ["plain http"]],
  [[{ host: "a1b2c3d4e5f6.example.com" }], [
    "a name that looks made up: the next run may have another",
  ]],
  [[{ host: "8.8.4.4", port: 53, protocol: "socks5_udp" }], [
    "an address, not a name",
    "datagrams",
  ]],
];

for (const [visits, expected] of TABLE) {
  Deno.test(`marksOf() ${visits.map(({ host, method }) => `${method ?? ""} ${host}`)}`, async () => {
    assertEquals(await said(...visits), expected);
  });
}

/** Labels, and whether a person chose them. */
const LABELS: readonly (readonly [string, boolean])[] = [
  ["registry", false],
  ["ec2-52-23-212-10", false],
  ["eu-central-1", false],
  ["k8s-prod-cluster-01", false],
  ["my-service-production-europe", false],
  ["xn--a1b2c3d4e5f6g7", false],
  ["a1b2c3d4e5f", false],
  ["a1b2c3d4e5f6", true],
  ["d1f8a92b7c3e", true],
  ["deadbeefdeadbeefdeadbeefdeadbee", false],
  ["deadbeefdeadbeefdeadbeefdeadbeef", true],
];

for (const [label, expected] of LABELS) {
  Deno.test(`looksMadeUp() says ${expected} of ${label}`, () => {
    assertEquals(looksMadeUp(label), expected);
  });
}
