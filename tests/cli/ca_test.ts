import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import { certificateFacts } from "../../src/tls/certificate_facts.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { fakeSurroundings } from "./fake_surroundings.ts";

/** What one command line prints, and its exit code. */
async function ca(scratch: Scratch, ...words: readonly string[]) {
  const here = fakeSurroundings({ env: scratch.env, os: "linux" });
  const code = await cli(["ca", ...words], here);
  return { code, ...here.printed() };
}

const NONE = "There is no certificate authority in ";

Deno.test("ca path makes an authority where there is none, and prints where it is", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.home}/doorward/proxy/ca.pem`;
  assertEquals(await ca(scratch, "path"), { code: 0, out: `${file}\n`, err: "" });
  const made = await Deno.readTextFile(file);
  const { out } = await ca(scratch, "path", "--json");
  assertEquals(JSON.parse(out), { certificate_file: file });
  assertEquals(await Deno.readTextFile(file), made);
});

Deno.test("ca show says that there is none, and makes none", async () => {
  await using scratch = await makeScratch();
  const { code, out, err } = await ca(scratch, "show");
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, NONE);
  assertEquals(await ca(scratch, "show", "--json"), { code: 1, out: "null\n", err: "" });
  await assertRejects(() => Deno.stat(`${scratch.home}/doorward/proxy`), Deno.errors.NotFound);
});

Deno.test("ca show prints what a person compares", async () => {
  await using scratch = await makeScratch();
  const proxy = `${scratch.home}/doorward/proxy`;
  await ca(scratch, "path");
  const facts = (await certificateFacts(await Deno.readTextFile(`${proxy}/ca.pem`)))!;
  const { code, out } = await ca(scratch, "show");
  assertEquals(code, 0);
  assertEquals(out.split("\n"), [
    facts.subject,
    `  SHA-256      ${facts.fingerprint}`,
    `  valid        ${facts.notBefore.slice(0, 10)} to ${facts.notAfter.slice(0, 10)}`,
    `  certificate  ${proxy}/ca.pem`,
    `  private key  ${proxy}/ca.key`,
    "  made by      Doorward",
    "",
  ]);
  assertEquals(JSON.parse((await ca(scratch, "show", "--json")).out), {
    subject: facts.subject,
    fingerprint_sha256: facts.fingerprint,
    not_before: facts.notBefore,
    not_after: facts.notAfter,
    certificate_file: `${proxy}/ca.pem`,
    private_key_file: `${proxy}/ca.key`,
    owner: "doorward",
  });
});

Deno.test("ca show tells whose the authority is", async () => {
  await using scratch = await makeScratch();
  await ca(scratch, "path");
  const proxy = `${scratch.home}/doorward/proxy`;
  const given = `{certificate_file="${proxy}/ca.pem",private_key_file="${proxy}/ca.key"}`;
  const { out } = await ca(scratch, "show", "-c", `network.mitm_ca=${given}`);
  assertMatch(out, /\n {2}made by {6}you \(network\.mitm_ca\)\n$/);
});

Deno.test("ca install-hint names the certificate, every store, and the way back", async () => {
  await using scratch = await makeScratch();
  const { code, out } = await ca(scratch, "install-hint");
  assertEquals(code, 0);
  const file = `${scratch.home}/doorward/proxy/ca.pem`;
  assertStringIncludes(out, `-A -t C,, -n doorward -i ${file}\n`);
  for (
    const word of ["update-ca-certificates", "update-ca-trust", "Firefox", "Chromium", "ca.key"]
  ) {
    assertStringIncludes(out, word);
  }
  const json = JSON.parse((await ca(scratch, "install-hint", "--json")).out);
  assertEquals(json.certificate_file, file);
  assertEquals(out.split("and to undo it:").length - 1, json.hints.length);
});

Deno.test("ca fails with 125 when its files cannot be used", async () => {
  await using scratch = await makeScratch();
  await ca(scratch, "path");
  await Deno.remove(`${scratch.home}/doorward/proxy/ca.key`);
  for (const word of ["path", "show", "install-hint"]) {
    const { code, out, err } = await ca(scratch, word);
    assertEquals([code, out], [125, ""]);
    assertMatch(err, /^doorward: .*ca\.key: cannot use the certificate authority of Doorward: /);
  }
});
