import { assertEquals } from "@std/assert";
import { type AuthorityFiles, readAuthorityFiles } from "../../src/config/authority_files.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import { print, tableOf } from "./load.ts";

const isWindows = Deno.build.os === "windows";
const OWN: AuthorityFiles = {
  owner: "doorward",
  certificateFile: "/home/me/proxy/ca.pem",
  keyFile: "/home/me/proxy/ca.key",
  bundleFolder: "/home/me/proxy",
};

function read(text: string, home: string | null = "/home/me"): [AuthorityFiles | null, string[]] {
  const findings = new Findings();
  const files = readAuthorityFiles(tableOf(text), home, findings);
  return [files, print(findings.faults())];
}

/** What is written in `[network]`, and where the authority is then. */
const FILES: readonly (readonly [string, AuthorityFiles])[] = [
  ["", OWN],
  ["mitm = true", OWN],
  ["[mitm]\nenabled = true", OWN],
  ['[mitm]\nca_cert_path = ""', OWN],
  ['[mitm]\nca_cert_path = "a.pem"', { ...OWN, certificateFile: "/home/me/a.pem" }],
  ['[mitm]\nca_key_path = "./k/a.key"', { ...OWN, keyFile: "/home/me/k/a.key" }],
  [
    '[mitm]\nca_cert_path = "/x/a.pem"\nca_key_path = "/x/a.key"',
    { ...OWN, certificateFile: "/x/a.pem", keyFile: "/x/a.key" },
  ],
  [
    'mitm_ca = { certificate_file = "/x/a.pem", private_key_file = "/x/a.key" }',
    { ...OWN, owner: "user", certificateFile: "/x/a.pem", keyFile: "/x/a.key" },
  ],
];

for (const [text, files] of FILES) {
  Deno.test({
    name: `readAuthorityFiles() reads ${JSON.stringify(text)}`,
    ignore: isWindows,
    fn: () => assertEquals(read(text), [files, []]),
  });
}

Deno.test("readAuthorityFiles() is null without a home folder", () => {
  assertEquals(read("", null), [null, []]);
});

const FAULTS: readonly (readonly [string, readonly string[]])[] = [
  ["mitm_ca = 1", ['1:11 "mitm_ca" is 1: expected a table: write [network.mitm_ca]']],
  [
    "mitm_ca = {}",
    [
      '1:1 "mitm_ca.certificate_file" is missing: an authority has a certificate and a key',
      '1:1 "mitm_ca.private_key_file" is missing: an authority has a certificate and a key',
    ],
  ],
  [
    'mitm_ca = { certificate_file = "a.pem", private_key_file = "" }',
    [
      '1:32 "mitm_ca.certificate_file" is "a.pem": expected an absolute path',
      '1:60 "mitm_ca.private_key_file" is "": expected an absolute path',
    ],
  ],
  [
    'mitm_ca = { certificate_file = "/a\\n", private_key_file = 1 }',
    [
      '1:32 "mitm_ca.certificate_file" is "/a\\u000a": expected an absolute path',
      '1:59 "private_key_file" is 1: expected text in quotes',
    ],
  ],
  [
    'mitm_ca = { certificate_file = "/a", private_key_file = "/b", key = "/c" }',
    [
      '1:63 unknown key "key": remove it; the keys of [network.mitm_ca] are certificate_file, ' +
      "private_key_file",
    ],
  ],
  [
    '[mitm]\nca_key_path = "k"\n[mitm_ca]\ncertificate_file = "/a"\nprivate_key_file = "/b"',
    ['2:1 both "mitm_ca" and "mitm.ca_key_path" are written: remove "mitm.ca_key_path"'],
  ],
  [
    '[mitm]\nca_cert_path = "a\\nb"',
    ['2:16 "ca_cert_path" has a line end or a NUL in it: name a file'],
  ],
];

for (const [text, faults] of FAULTS) {
  Deno.test({
    name: `readAuthorityFiles() refuses ${JSON.stringify(text)}`,
    ignore: isWindows,
    fn: () => assertEquals(read(text)[1], faults),
  });
}
