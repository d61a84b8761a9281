import { assertEquals } from "@std/assert";
import { trustCheck } from "../../../src/cli/doctor/trust_check.ts";
import { trustBundle, upstreamRoots } from "../../../src/config/trust_bundle.ts";
import { newAuthority } from "../../../src/tls/authority.ts";
import { NO_POSIX } from "../../support/machine.ts";
import { makeScratch, type Scratch } from "../../support/scratch.ts";
import { linesOf } from "./make_situation.ts";

const mitm = "[network]\nmitm = true\n";
const OLD = `/bundles/ca-bundle-${"a".repeat(64)}.pem`;
const ENV = '  eval "$(doorward env)"';

Deno.test("variables that name nothing, or a file that is there, are well", async () => {
  const files = { "/etc/corp.pem": "" };
  assertEquals(await linesOf(trustCheck), [
    "ok variables: none of them names a file that would not do",
  ]);
  assertEquals(await linesOf(trustCheck, { files, env: { SSL_CERT_FILE: "/etc/corp.pem" } }), [
    "ok variables: none of them names a file that would not do",
  ]);
});

Deno.test("a variable that names no file is a warning", async () => {
  assertEquals(await linesOf(trustCheck, { env: { CURL_CA_BUNDLE: "/gone.pem" } }), [
    "warning CURL_CA_BUNDLE: it names /gone.pem, which is no file: HTTPS may fail",
    "  unset CURL_CA_BUNDLE",
  ]);
});

Deno.test("a bundle of ours that nothing needs is a note", async () => {
  assertEquals(await linesOf(trustCheck, { files: { [OLD]: "" }, env: { PIP_CERT: OLD } }), [
    "note PIP_CERT: it names a bundle of Doorward's, and HTTPS is not looked into",
  ]);
});

/** An authority in the home folder, and the bundle that programs have to trust with it. */
async function makeTrust({ home, write }: Scratch): Promise<string> {
  const pem = await newAuthority(Date.UTC(2026, 0, 1));
  const certificate = await write("home/proxy/ca.pem", pem.certificate);
  await Deno.chmod(certificate, 0o644);
  const sources = { env: {}, os: "linux", upstreamCaFile: null } as const;
  const { roots } = await upstreamRoots(sources, pem.certificate);
  return (await trustBundle(`${home}/proxy`, roots, pem.certificate)).path;
}

Deno.test({
  name: `where HTTPS is looked into the variables have to name the bundle of now${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn() {
    await using scratch = await makeScratch();
    const bundle = await makeTrust(scratch);
    const home = { DOORWARD_HOME: scratch.home };
    const files = { [bundle]: "", [OLD]: "", "/etc/corp.pem": "" };
    assertEquals(await linesOf(trustCheck, { toml: mitm, env: home }), [
      "note bundle: it is not written yet: start, run and env write it",
    ]);
    const env = { ...home, SSL_CERT_FILE: bundle, PIP_CERT: bundle, CURL_CA_BUNDLE: OLD };
    // What a variable names that is not there is told twice: it is no authority for Doorward either.
    const lines = await linesOf(trustCheck, { toml: mitm, files, env });
    assertEquals(lines.filter((line) => !line.includes("roots") && !line.includes("name a file")), [
      `ok bundle: ${bundle} is current`,
      `warning CURL_CA_BUNDLE: it names ${OLD}, an older bundle: what is looked into fails`,
      ENV,
      "ok variables: SSL_CERT_FILE, PIP_CERT name the bundle",
    ]);
  },
});

Deno.test("without an authority there is no bundle to name", async () => {
  await using scratch = await makeScratch();
  const env = { DOORWARD_HOME: scratch.home };
  assertEquals(await linesOf(trustCheck, { toml: mitm, env }), [
    "note bundle: there is none without an authority",
  ]);
});
