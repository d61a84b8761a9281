import { assertEquals } from "@std/assert";
import { createAuthority, newAuthority } from "../../src/tls/authority.ts";
import { certificateFacts, whyNoRoots } from "../../src/tls/certificate_facts.ts";
import { writePem } from "../../src/tls/pem.ts";
import { host } from "../support/host.ts";

const NOW = Date.UTC(2027, 0, 15, 12);
const pem = await newAuthority(NOW);

Deno.test("certificateFacts() tells what a person compares", async () => {
  const facts = (await certificateFacts(`# words\n${pem.certificate}`))!;
  const der = Uint8Array.fromBase64(pem.certificate.split("\n").slice(1, -2).join(""));
  const hex = new Uint8Array(await crypto.subtle.digest("SHA-256", der)).toHex();
  assertEquals(facts.fingerprint.replaceAll(":", "").toLowerCase(), hex);
  assertEquals(facts.fingerprint.length, 32 * 3 - 1);
  assertEquals(facts.subject.startsWith("CN=Doorward local authority "), true);
  assertEquals([facts.notBefore, facts.notAfter], [
    "2027-01-14T12:00:00.000Z",
    "2029-04-14T12:00:00.000Z",
  ]);
});

Deno.test("certificateFacts() is null where there is no certificate", async () => {
  assertEquals(await certificateFacts(pem.key), null);
});

const leaf = (await (await createAuthority(() => NOW)).identityFor(host("a.test"))).chain;

const LISTS: readonly (readonly [string, string, string | null])[] = [
  ["authorities", pem.certificate + (await newAuthority(NOW)).certificate, null],
  ["nothing", "", "it holds no certificate (-----BEGIN CERTIFICATE-----)"],
  ["words", "trust me", "it holds no certificate (-----BEGIN CERTIFICATE-----)"],
  ["a key", pem.certificate + pem.key, "it holds a private key: a list of authorities has none"],
  [
    "damage",
    pem.certificate + writePem("CERTIFICATE", Uint8Array.of(0x30, 0)),
    "certificate 2 in it is damaged",
  ],
  ["a server", pem.certificate + leaf, "certificate 2 in it is a server's, not an authority's"],
];

for (const [what, text, why] of LISTS) {
  Deno.test(`whyNoRoots() ${why === null ? "takes" : "refuses"} ${what}`, async () => {
    assertEquals(await whyNoRoots(text), why);
  });
}
