import { assertEquals } from "@std/assert";
import { adminCheck } from "../../../src/cli/doctor/admin_check.ts";
import type { Place } from "../../../src/cli/doctor/place.ts";
import { VERSION } from "../../../src/library/version.ts";
import { NO_POSIX } from "../../support/machine.ts";
import { makeScratch } from "../../support/scratch.ts";
import { linesOf } from "./make_situation.ts";

const NO_TOKEN = "note token: there is no admin token: start makes it";
const toml = '[network]\nmode = "full"\n';

/** What `/health` says of a Doorward that obeys {@linkcode toml}. */
const HEALTH = {
  version: VERSION,
  mode: "full",
  generation: 3,
  enabled: true,
  sources: ["test.toml"],
  fault: null,
};

function running(health: Record<string, unknown>): Place {
  return { kind: "taken", by: { kind: "admin", health: { ...HEALTH, ...health } } };
}

Deno.test("that no proxy runs is no problem", async () => {
  assertEquals(await linesOf(adminCheck), [
    "note admin: no Doorward takes commands on http://127.0.0.1:8080",
    NO_TOKEN,
  ]);
});

Deno.test("a proxy that obeys what is written is well", async () => {
  assertEquals(await linesOf(adminCheck, { toml, admin: running({}) }), [
    `ok admin: Doorward "${VERSION}" answers: mode "full", policy 3`,
    "ok agreement: it obeys the files that are read here",
    NO_TOKEN,
  ]);
});

Deno.test("an answer without a number of its policy is shown as that", async () => {
  const [answers] = await linesOf(adminCheck, { toml, admin: running({ generation: "three" }) });
  assertEquals(
    answers,
    `ok admin: Doorward "${VERSION}" answers: mode "full", policy of unknown number`,
  );
});

Deno.test("a proxy that obeys something else is told by what differs", async () => {
  const [, ...agreement] = await linesOf(adminCheck, { toml, admin: running({ mode: "limited" }) });
  assertEquals(agreement.slice(0, 2), [
    'warning agreement: its mode is "limited", and "full" is written',
    "  doorward mode full",
  ]);
  const [, others] = await linesOf(adminCheck, { toml, admin: running({ sources: ["-c x=1"] }) });
  assertEquals(others, 'note agreement: it was started with other files or flags: "-c x=1"');
  const [, ...changed] = await linesOf(adminCheck, {
    toml,
    admin: running({ version: "0.0.9", enabled: false, fault: { message: "cannot reload" } }),
  });
  assertEquals(changed.slice(0, 6), [
    `warning version: it is "0.0.9", and this is "${VERSION}"`,
    "  start it anew",
    "warning enabled: it is switched off, and answers every request with 503",
    "  enabled = true under [network]",
    'warning reload: it did not take what is written now: "cannot reload"',
    "  mend the file, then: doorward reload",
  ]);
});

Deno.test("what a proxy says is cut, and cannot steer a terminal", async () => {
  const lie = running({ version: "\x1b[2J".repeat(100), mode: { a: 1 }, sources: "none" });
  const [first] = await linesOf(adminCheck, { toml, admin: lie });
  assertEquals(first?.includes("\x1b"), false);
  assertEquals((first?.length ?? 0) < 700, true);
  const sources = Array.from({ length: 1000 }, () => "x".repeat(1000));
  const [, agreement] = await linesOf(adminCheck, { toml, admin: running({ sources }) });
  assertEquals((agreement?.length ?? 0) < 1000, true);
});

Deno.test({
  name: `a token that others may read is a fault${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn() {
    await using scratch = await makeScratch();
    const token = `${"a".repeat(43)}\n`;
    const file = await scratch.write("home/doorward/proxy/admin.token", token);
    const env = { DOORWARD_HOME: `${scratch.home}/doorward` };
    await Deno.chmod(file, 0o600);
    const [, closed] = await linesOf(adminCheck, { env });
    assertEquals(closed, "ok token: it can be read, by this user alone");
    await Deno.chmod(file, 0o644);
    const [, ...open] = await linesOf(adminCheck, { env });
    assertEquals(open, [
      `fault token: Cannot use the admin token ${file}: others may read or write it; remove it, and a new file is made`,
      `  rm ${file}`,
    ]);
  },
});

Deno.test("a token that cannot be looked at is not removed", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("file", "");
  const token = `${file}/proxy/admin.token`;
  const files = { [token]: { kind: "hidden", why: "permission denied" } } as const;
  const lines = await linesOf(adminCheck, { env: { DOORWARD_HOME: file }, files });
  assertEquals([lines[1]?.startsWith("fault token: "), lines[2]], [true, `  ls -l ${token}`]);
});

Deno.test("a token of the environment counts, if it is one", async () => {
  const written = async (token: string) =>
    (await linesOf(adminCheck, { env: { DOORWARD_ADMIN_TOKEN: token } })).slice(1);
  assertEquals(await written("abc"), ["ok token: DOORWARD_ADMIN_TOKEN holds it"]);
  assertEquals(await written("a b"), [
    "fault token: Cannot use DOORWARD_ADMIN_TOKEN: it is not a token",
    "  unset DOORWARD_ADMIN_TOKEN",
  ]);
});
