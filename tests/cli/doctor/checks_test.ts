import { assert, assertEquals } from "@std/assert";
import { CHECKS } from "../../../src/cli/doctor/checks.ts";
import { tableBelow } from "../../support/markdown.ts";
import { findingsOf, makeSituation } from "./make_situation.ts";

const page = await Deno.readTextFile(`${import.meta.dirname}/../../../docs/doctor.md`);

Deno.test("docs/doctor.md tells every check, in its order", () => {
  const names = tableBelow("What it looks at", page).map(([name]) => name);
  assertEquals(names, CHECKS.map(({ name }) => name));
});

Deno.test("every check finds something on any machine, and no fault on one where all is well", async () => {
  for (const check of CHECKS) {
    const findings = await findingsOf(check, await makeSituation());
    assert(findings.length > 0, check.name);
    assertEquals(findings.filter(({ level }) => level === "fault"), [], check.name);
  }
});

Deno.test("what is wrong has a mend, whatever it is", async () => {
  const env = {
    DOORWARD_ADMIN_TOKEN: "a b",
    SSL_CERT_FILE: "/gone",
    http_proxy: "http://127.0.0.1:3128",
    NO_PROXY: "*",
  };
  const toml = '[network]\naudit_file = "/none/audit"\n';
  const taken = { kind: "taken", by: { kind: "silent" } } as const;
  for (const check of CHECKS) {
    const situation = await makeSituation({ env, toml, http: taken, admin: taken });
    const problems = (await findingsOf(check, situation))
      .filter(({ level, subject }) =>
        (level === "warning" && subject !== "written") || level === "fault"
      );
    assertEquals(problems.filter(({ mend }) => mend.length === 0), [], check.name);
  }
});
