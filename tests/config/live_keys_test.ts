import { assertEquals } from "@std/assert";
import { frozenChanges } from "../../src/config/live_keys.ts";
import { newAuthority } from "../../src/tls/authority.ts";
import { makeScratch } from "../support/scratch.ts";
import { load, print } from "./load.ts";

/** What a reload from one text to another is refused for. */
async function changes(running: string, next: string): Promise<string[]> {
  return print(
    frozenChanges(await load(`[network]\n${running}`), await load(`[network]\n${next}`)),
  );
}

const REFUSED: readonly (readonly [string, string, string])[] = [
  ["", 'proxy_url = "http://127.0.0.1:9"', '2:1 proxy_url "http://127.0.0.1:3128"'],
  ['proxy_url = "127.0.0.1:9"', "", 'file proxy_url "127.0.0.1:9"'],
  ["", 'socks_url = "http://127.0.0.1:9"', '2:1 socks_url "http://127.0.0.1:8081"'],
  ["", 'admin_url = "http://127.0.0.1:9"', '2:1 admin_url "http://127.0.0.1:8080"'],
  ["", "enable_socks5 = false", "2:1 enable_socks5 true"],
  ["", "enable_socks5_udp = false", "2:1 enable_socks5_udp true"],
  ["", "allow_upstream_proxy = false", "2:1 allow_upstream_proxy true"],
  ["", "via = false", "2:1 via true"],
  ["", 'all_proxy = "socks5h"', '2:1 all_proxy "http"'],
  ["", "mitm = true", "2:1 mitm false"],
  ["", "blocked_capacity = 1", "2:1 blocked_capacity 200"],
  ["", 'admin_auth = "all"', '2:1 admin_auth "loosen"'],
  ["", 'violation_file = "/x"', '2:1 violation_file ""'],
  ["", 'audit_file = "/x"', '2:1 audit_file ""'],
  ["", "audit.files_kept = 1", "2:7 audit.files_kept 4"],
  ["", "audit.file_bytes = 65536", "2:7 audit.file_bytes 10485760"],
  ["", "audit.stderr = true", "2:7 audit.stderr false"],
  ["", 'audit.metadata."app.version" = "1"', "2:7 audit.metadata what it was"],
  [
    'audit_file = "/x"',
    'audit_file = "/x"\naudit.chain = true',
    "3:7 audit.chain false",
  ],
  [
    "",
    'mitm_ca = { certificate_file = "/a", private_key_file = "/b" }',
    "2:1 mitm_ca what it was",
  ],
  ['mitm = { ca_cert_path = "/a" }', "", "file mitm.ca_cert_path what it was"],
  ["", 'mitm = { ca_key_path = "/a" }', "2:10 mitm.ca_key_path what it was"],
  ["", "limits.dns_seconds = 1", "2:8 limits.dns_seconds 5"],
  ["", "limits.questions = 1", "2:8 limits.questions 64"],
  ["", "limits.connections_per_client = 1", "2:8 limits.connections_per_client 6144"],
  [
    'upstream_proxy = "http://me:s3cret@a.test:1"',
    'upstream_proxy = "http://b.test:1"',
    "2:1 upstream_proxy what it was",
  ],
  ['ask_webhook = "https://a.test/s3cret"', "", "file ask_webhook what it was"],
  [
    'decider = { url = "https://a.test/s3cret" }',
    'decider = { url = "https://a.test/other" }',
    "2:1 decider what it was",
  ],
  ['decider = { command = ["a"] }', "", "file decider what it was"],
  ["", 'decider = { command = ["a"] }', "2:1 decider what it was"],
  [
    'proxy_url = "0.0.0.0:9"\ndangerously_allow_non_loopback_proxy = true',
    'proxy_url = "0.0.0.0:9"\ndangerously_allow_non_loopback_proxy = false',
    "3:1 dangerously_allow_non_loopback_proxy true",
  ],
  [
    'proxy_url = "0.0.0.0:9"\ndangerously_allow_non_loopback_proxy = true',
    'proxy_url = "0.0.0.0:9"\ndangerously_allow_non_loopback_proxy = true\n' +
    'allow_unix_sockets = ["/x.sock"]',
    "4:1 allow_unix_sockets []",
  ],
];

for (const [running, next, expected] of REFUSED) {
  Deno.test(`frozenChanges() refuses ${JSON.stringify([running, next])}`, async () => {
    const [place, key, ...value] = expected.split(" ");
    assertEquals(await changes(running, next), [
      `${place} "${key}" cannot change while Doorward runs: restart it, or write back ${
        value.join(" ")
      }`,
    ]);
  });
}

/** Changes that are obeyed at once, or are none. */
const TAKEN: readonly (readonly [string, string])[] = [
  ["", 'mode = "limited"\nallowed_domains = ["a.test"]\ndenied_domains = ["b.test"]\nask = true'],
  ["", "enabled = true\nask_hold_seconds = 5\nallow_local_binding = false"],
  ["", 'proxy_url = "localhost:3128"'],
  ["", 'proxy_url = "http://192.0.2.1:3128"'],
  ["enable_socks5 = false", 'enable_socks5 = false\nsocks_url = "127.0.0.1:9"'],
  ["", 'allow_unix_sockets = ["/x.sock"]'],
  ["", "limits.dns_seconds = 5"],
];

for (const [running, next] of TAKEN) {
  Deno.test(`frozenChanges() lets ${JSON.stringify([running, next])} be`, async () => {
    assertEquals(await changes(running, next), []);
  });
}

Deno.test("frozenChanges() tells all of them", async () => {
  const told = await changes("", 'via = false\nadmin_auth = "none"\nlimits = { connections = 1 }');
  assertEquals(told.map((line) => line.split(" ")[1]), [
    '"via"',
    '"admin_auth"',
    '"limits.connections"',
  ]);
});

Deno.test("frozenChanges() refuses other authorities for servers", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("roots.pem", (await newAuthority(0)).certificate);
  assertEquals(await changes("", `upstream_ca_file = "${file}"`), [
    '2:1 "upstream_ca_file" cannot change while Doorward runs: restart it, or write back ""',
  ]);
});

const OTEL =
  '[otel]\nexporter = { otlp-http = { endpoint = "https://a.test", headers = { x = "s3cret" } } }';

/** What a reload may not change of what is exported, and where it is told. */
const EXPORTED: readonly (readonly [string, string, string | null])[] = [
  [OTEL, OTEL, null],
  [OTEL, `# a line more\n${OTEL}`, null],
  ["", '[otel]\nexporter = "none"', null],
  ["", OTEL, "3:2"],
  [OTEL, "", "file"],
  [OTEL, OTEL.replace("s3cret", "other"), "3:2"],
  [OTEL, OTEL.replace("a.test", "b.test"), "3:2"],
  [OTEL, `${OTEL}\n[analytics]\nenabled = false`, "3:2"],
  [OTEL, `${OTEL}\ninterval_seconds = 5`, "3:2"],
];

for (const [running, next, place] of EXPORTED) {
  Deno.test(`frozenChanges() of ${JSON.stringify([running, next])} is at ${place}`, async () => {
    const message =
      '"otel" cannot change while Doorward runs: restart it, or write back what it was';
    const told = await changes(`ask = true\n${running}`, `ask = true\n${next}`);
    assertEquals(told, place === null ? [] : [`${place} ${message}`]);
  });
}

Deno.test("frozenChanges() lets a collector's authorities be renewed in their file", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.folder}/ca.pem`;
  const text = "[network]\nask = true\n[otel]\nexporter = { otlp-http = { endpoint = " +
    `"https://a.test", tls = { ca-certificate = ${JSON.stringify(file)} } } }`;
  const read = async () => {
    await Deno.writeTextFile(file, (await newAuthority(0)).certificate);
    return await load(text);
  };
  const [before, after] = [await read(), await read()];
  assertEquals(before.otel?.logs?.authorities === after.otel?.logs?.authorities, false);
  assertEquals(frozenChanges(before, after), []);
});
