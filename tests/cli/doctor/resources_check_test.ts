import { assertEquals } from "@std/assert";
import { resourcesCheck } from "../../../src/cli/doctor/resources_check.ts";
import { type FakeEntry, linesOf, USER } from "./make_situation.ts";

/** A process that may open so many files, and could be let open so many. */
function limits(soft: string, hard: string): Record<string, FakeEntry> {
  return { "/proc/self/limits": `Max open files            ${soft}   ${hard}   files\n` };
}

const enough = limits("20000", "20000");

Deno.test("enough open files are well, fewer are a warning with both mends", async () => {
  assertEquals(await linesOf(resourcesCheck, { files: enough }), [
    "ok open files: 20000 may be open; 16448 are enough",
  ]);
  assertEquals(await linesOf(resourcesCheck, { files: limits("1024", "unlimited") }), [
    "warning open files: 1024 may be open, and 8192 connections take 16448",
    "  before it is started: ulimit -n 16448",
    "  connections = 480 under [network.limits]",
  ]);
  assertEquals(await linesOf(resourcesCheck, { files: limits("1024", "4096") }), [
    "warning open files: 1024 may be open, and 8192 connections take 16448",
    "  connections = 480 under [network.limits]",
  ]);
  const unknown = "note open files: it is not known how many may be open: ulimit -n prints it, " +
    "and 16448 are enough";
  assertEquals(await linesOf(resourcesCheck), [unknown]);
  assertEquals(await linesOf(resourcesCheck, { os: "darwin", files: enough }), [unknown]);
});

/** What is told of an audit file, where these stand. */
async function lineOfAudit(
  files: Readonly<Record<string, FakeEntry>>,
  free: number | null = null,
): Promise<string[]> {
  const [, ...lines] = await linesOf(resourcesCheck, {
    toml: '[network]\naudit_file = "/log/audit.jsonl"\n',
    files: { ...enough, ...files },
    instruments: { freeBytes: () => Promise.resolve(free) },
  });
  return lines;
}

const folder: FakeEntry = { kind: "folder", mode: 0o700 };
const audit = "/log/audit.jsonl";

Deno.test("a file of records that can be written is well, while there is room for all of them", async () => {
  const mib = 1024 * 1024;
  assertEquals(await lineOfAudit({ "/log": folder }, 50 * mib), [
    `ok audit_file: ${audit} can be written, and there is room`,
  ]);
  assertEquals(await lineOfAudit({ "/log": folder, [audit]: "" }, 50 * mib - 1), [
    `warning audit_file: ${audit} and what is put aside take 50 MiB, and there are 49 MiB free`,
    "  make room, or name a file on another disk",
  ]);
  assertEquals((await lineOfAudit({ "/log": folder })).length, 1);
  assertEquals(await lineOfAudit({ [audit]: { kind: "device" } }), [
    `ok audit_file: ${audit} takes what is written to it`,
  ]);
});

for (
  const [what, files, found, mend] of [
    ["a folder that is not there", {}, "there is no folder /log", "mkdir -p /log"],
    ["a file in its place", { "/log": "" }, "/log is no folder that can be used", "ls -ld /log"],
    [
      "a folder of others",
      { "/log": { kind: "folder", mode: 0o700 & 0o500 } },
      "this user cannot write into /log",
      "ls -ld /log",
    ],
    [
      "a link",
      { "/log": folder, [audit]: { isLink: true } },
      `${audit} is a symbolic link`,
      "audit_file = the file itself",
    ],
    [
      "a pipe",
      { [audit]: { kind: "other" } },
      `${audit} is not a file`,
      "name a file in audit_file",
    ],
    [
      "another user's file",
      { [audit]: { uid: USER + 1 } },
      `${audit} belongs to another user`,
      "name another file in audit_file",
    ],
    [
      "a file that others may write",
      { [audit]: { mode: 0o620 } },
      `others may write ${audit}`,
      `chmod go-w ${audit}`,
    ],
    [
      "a file that is only read",
      { [audit]: { mode: 0o400 } },
      `${audit} cannot be written`,
      `chmod u+w ${audit}`,
    ],
    [
      "what is hidden",
      { [audit]: { kind: "hidden", why: "permission denied" } },
      `${audit} cannot be looked at: permission denied`,
      `ls -l ${audit}`,
    ],
  ] as [string, Record<string, FakeEntry>, string, string][]
) {
  Deno.test(`records cannot go to ${what}`, async () => {
    assertEquals(await lineOfAudit(files), [`fault audit_file: ${found}`, `  ${mend}`]);
  });
}

Deno.test("the file of violations is looked at, too", async () => {
  const toml = '[network]\nviolation_file = "/log/v"\n';
  const [, line] = await linesOf(resourcesCheck, { toml, files: enough });
  assertEquals(line, "fault violation_file: there is no folder /log");
});
