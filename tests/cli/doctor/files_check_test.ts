import { assertEquals } from "@std/assert";
import { filesCheck } from "../../../src/cli/doctor/files_check.ts";
import { type FakeEntry, HOME, linesOf, USER } from "./make_situation.ts";

const folder: FakeEntry = { kind: "folder", mode: 0o700 };

/** What is told of a home folder with these in it. */
async function linesWith(files: Readonly<Record<string, FakeEntry>>): Promise<string[]> {
  return await linesOf(filesCheck, { toml: "[network]\n", files: { [HOME]: folder, ...files } });
}

Deno.test("files that are closed to others are well", async () => {
  const files = { "test.toml": { mode: 0o644 }, [`${HOME}/proxy/admin.token`]: "secret" };
  assertEquals(await linesWith(files), [
    `ok permissions: others cannot change ${HOME}, nor read its secrets`,
  ]);
});

Deno.test("secrets that others may read, and policies that others may write, are faults", async () => {
  const files = {
    [`${HOME}/proxy`]: { kind: "folder", mode: 0o755 },
    [`${HOME}/proxy/admin.token`]: { mode: 0o640 },
    [`${HOME}/proxy/requirements.key`]: { mode: 0o604 },
    "test.toml": { mode: 0o666 },
  } as const;
  assertEquals(await linesWith(files), [
    "fault permissions: others may write test.toml, and with it the policy",
    "  chmod go-w test.toml",
    `fault permissions: others may read or write ${HOME}/proxy/admin.token`,
    `  chmod 600 ${HOME}/proxy/admin.token`,
    `fault permissions: others may read or write ${HOME}/proxy/requirements.key`,
    `  chmod 600 ${HOME}/proxy/requirements.key`,
  ]);
});

Deno.test("a file of another user is a warning, but for one of root", async () => {
  assertEquals(await linesWith({ "test.toml": { uid: USER + 1 } }), [
    "warning permissions: test.toml belongs to another user, who may change it",
    "  ls -ld test.toml",
  ]);
  assertEquals((await linesWith({ "test.toml": { uid: 0 } })).length, 1);
});

Deno.test("a home that cannot be used is told with why", async () => {
  assertEquals(await linesOf(filesCheck), [
    `note home: ${HOME} is not there yet: doorward init and start make it`,
  ]);
  const SET = "  set DOORWARD_HOME to a folder of this user";
  assertEquals(await linesOf(filesCheck, { files: { [HOME]: "a file" } }), [
    `fault home: ${HOME} cannot be used: it is not a folder`,
    `  ls -ld ${HOME}`,
    SET,
  ]);
  const hidden = { kind: "hidden", why: "permission denied" } as const;
  const [closed] = await linesOf(filesCheck, { files: { [HOME]: hidden } });
  assertEquals(closed, `fault home: ${HOME} cannot be used: permission denied`);
  assertEquals((await linesOf(filesCheck, { env: { HOME: "" } })).at(-1), SET);
});

Deno.test("Windows has no permission bits to look at", async () => {
  const home = "C:\\you\\doorward";
  const lines = await linesOf(filesCheck, {
    os: "windows",
    env: { APPDATA: "C:\\you" },
    files: { [home]: { kind: "folder", mode: null } },
  });
  assertEquals(lines.map((line) => line.split(":")[0]), ["note permissions"]);
});
