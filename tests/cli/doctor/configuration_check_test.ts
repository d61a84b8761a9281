import { assertEquals } from "@std/assert";
import { configurationCheck } from "../../../src/cli/doctor/configuration_check.ts";
import { findingsOf, linesOf, makeSituation } from "./make_situation.ts";

const origin = { file: "f.toml", line: 2, column: 3 };

Deno.test("the configuration is told file by file, with what it comes to", async () => {
  assertEquals(await linesOf(configurationCheck, { toml: '[network]\nmode = "limited"\n' }), [
    "ok user file: test.toml is read",
    "warning written: no host is allowed: every request will be blocked",
    "  doorward config show",
    "ok policy: mode limited, 0 allow rules, 0 deny rules, denies what is not listed",
  ]);
});

Deno.test("nobody's configuration is a note, and not a problem", async () => {
  assertEquals(await linesOf(configurationCheck), [
    "note built-in: no file says anything: the built-in policy holds, which asks about every host",
    "ok policy: mode full, 0 allow rules, 0 deny rules, asks about what is not listed",
  ]);
});

Deno.test("each fault has its place and its mend, and the rest goes on with the defaults", async () => {
  const faults = [{ origin, message: "no such key" }];
  const situation = await makeSituation({ read: { kind: "faults", faults } });
  const [written, policy] = await findingsOf(configurationCheck, situation);
  assertEquals([written?.level, written?.origin, written?.found], ["fault", origin, "no such key"]);
  assertEquals(written?.mend, ["edit line 2 of f.toml; then: doorward check"]);
  assertEquals([policy?.level, policy?.subject], ["note", "policy"]);
});

Deno.test("faults without end are counted", async () => {
  const faults = Array.from({ length: 100 }, () => ({ origin, message: "no such key" }));
  const situation = await makeSituation({ read: { kind: "faults", faults } });
  const findings = await findingsOf(configurationCheck, situation);
  assertEquals(findings.length, 22);
  assertEquals(findings[20]?.found, "80 more faults: doorward check tells them all");
});

Deno.test("a policy that is switched off is a warning, with its place", async () => {
  const situation = await makeSituation({ toml: "[features]\nnetwork_proxy = false\n" });
  const off = (await findingsOf(configurationCheck, situation)).at(-1);
  assertEquals([off?.level, off?.subject, off?.origin?.line], ["warning", "policy", 2]);
});

Deno.test("a file that is not trusted is told, with how to read it", async () => {
  const { config, ...situation } = await makeSituation({ toml: "[network]\nenabled = true\n" });
  const why = "the project is not trusted: --trust-project reads it";
  const layers = [{
    name: "project",
    file: "/project/.doorward/config.toml",
    state: "disabled",
    why,
  }] as const;
  const disabled = { ...config, layers };
  const [found] = await findingsOf(configurationCheck, {
    ...situation,
    config: disabled,
    read: { kind: "config", config: disabled },
  });
  assertEquals([found?.level, found?.found], ["note", `${layers[0].file} is not read: ${why}`]);
});

Deno.test("what is wrong on the command line, or with a file as a whole, is mended there", async () => {
  const faults = ["-c", "/gone.toml"].map((file) => ({
    origin: { file, line: null, column: null },
    message: "it is wrong",
  }));
  const lines = await linesOf(configurationCheck, { read: { kind: "faults", faults } });
  assertEquals(lines.filter((line) => line.startsWith(" ")), [
    "  give another -c on the command line",
    "  ls -ld /gone.toml",
  ]);
});
