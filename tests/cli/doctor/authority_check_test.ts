import { assertEquals } from "@std/assert";
import { authorityCheck } from "../../../src/cli/doctor/authority_check.ts";
import { systemInstruments } from "../../../src/cli/doctor/system_instruments.ts";
import { newAuthority } from "../../../src/tls/authority.ts";
import { NO_POSIX } from "../../support/machine.ts";
import { makeScratch, type Scratch } from "../../support/scratch.ts";
import { findingsOf, linesOf, makeSituation } from "./make_situation.ts";

const DAY_MS = 24 * 60 * 60_000;
const NOW = Date.UTC(2026, 0, 1);
const mitm = "[network]\nmitm = true\n";

/** Writes an authority that was made at a time. Resolves to its files. */
async function makeFiles(scratch: Scratch, madeAt: number) {
  const pem = await newAuthority(madeAt);
  const certificate = await scratch.write("home/proxy/ca.pem", pem.certificate);
  const key = await scratch.write("home/proxy/ca.key", pem.key);
  await Deno.chmod(certificate, 0o644);
  await Deno.chmod(key, 0o600);
  return { certificate, key };
}

const env = ({ home }: Scratch) => ({ DOORWARD_HOME: home });

Deno.test("no authority is no problem, whether HTTPS is looked into or not", async () => {
  await using scratch = await makeScratch();
  assertEquals(await linesOf(authorityCheck, { env: env(scratch) }), [
    "note use: HTTPS is not looked into (mitm = false), and there is no authority",
  ]);
  assertEquals(await linesOf(authorityCheck, { env: env(scratch), toml: mitm }), [
    "note use: there is none yet: start, run and env make one",
  ]);
});

Deno.test("without a home folder there is no place for one", async () => {
  const lines = await linesOf(authorityCheck, { env: { HOME: "" }, toml: mitm });
  assertEquals(lines, [
    "fault files: there is no home folder to keep the authority in",
    "  set DOORWARD_HOME to a folder of this user",
  ]);
});

Deno.test({
  name: `an authority that can sign is well until it ends${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn() {
    await using scratch = await makeScratch();
    const { certificate } = await makeFiles(scratch, NOW);
    const situation = await makeSituation({ env: env(scratch), toml: mitm });
    const [use, expiry] = await findingsOf(authorityCheck, situation);
    assertEquals(
      use?.found,
      `${certificate} and its key belong together; HTTPS is looked into with it`,
    );
    assertEquals(expiry?.level, "ok");
    const days = Number(/\d+/.exec(expiry?.found ?? "")?.[0]);
    const clock = situation.here.clock as unknown as { advance(ms: number): Promise<void> };
    await clock.advance((days - 29) * DAY_MS);
    const [, soon] = await findingsOf(authorityCheck, situation);
    assertEquals([soon?.level, soon?.found.slice(0, 18)], ["warning", "it ends in 29 days"]);
    await clock.advance(30 * DAY_MS);
    const [over] = await findingsOf(authorityCheck, situation);
    assertEquals([over?.level, over?.subject], ["fault", "certificate"]);
  },
});

Deno.test({
  name: `an authority from the future, and a key of another, are faults${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn() {
    await using scratch = await makeScratch();
    const { certificate, key } = await makeFiles(scratch, NOW + 10 * DAY_MS);
    const anew = [`  rm ${certificate} ${key}`, "  doorward ca path"];
    const [early, ...mend] = await linesOf(authorityCheck, { env: env(scratch) });
    assertEquals([early?.startsWith(`fault certificate: ${certificate} cannot be used: `), mend], [
      true,
      anew,
    ]);
    await makeFiles(scratch, NOW);
    await Deno.writeTextFile(key, (await newAuthority(NOW)).key);
    assertEquals(await linesOf(authorityCheck, { env: env(scratch) }), [
      `fault certificate: ${key} cannot be used: it is not the key of the certificate`,
      ...anew,
    ]);
  },
});

Deno.test({
  name: `files that others could have touched are faults, used or not${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn() {
    await using scratch = await makeScratch();
    const { certificate, key } = await makeFiles(scratch, NOW);
    await Deno.chmod(key, 0o640);
    await Deno.chmod(certificate, 0o666);
    const instruments = { look: systemInstruments.look };
    assertEquals(await linesOf(authorityCheck, { env: env(scratch), instruments }), [
      `fault files: ${certificate} cannot be used: others may write it`,
      `  chmod 644 ${certificate}`,
      `fault files: ${key} cannot be used: others may read or write it`,
      `  chmod 600 ${key}`,
    ]);
  },
});

Deno.test({
  name: `half an authority is a fault, and looking at it leaves no file behind${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn() {
    await using scratch = await makeScratch();
    const { certificate, key } = await makeFiles(scratch, NOW);
    await Deno.remove(key);
    assertEquals(await linesOf(authorityCheck, { env: env(scratch) }), [
      `fault files: ${key} is not there, and the other one is of no use without it`,
      "  put it back, or remove the other one, too; then: doorward ca path",
    ]);
    const names = await Array.fromAsync(Deno.readDir(`${scratch.home}/proxy`), ({ name }) => name);
    assertEquals(names, [certificate.slice(certificate.lastIndexOf("/") + 1)]);
    // A pipe in its place has nobody wait.
    await new Deno.Command("mkfifo", { args: [key] }).output();
    assertEquals(await linesOf(authorityCheck, { env: env(scratch) }), [
      `fault files: ${key} cannot be used: it is not a file`,
      `  ls -l ${key}`,
    ]);
  },
});
