import { assertEquals } from "@std/assert";
import { confinementCheck } from "../../../src/cli/doctor/confinement_check.ts";
import { linesOf, type SituationOptions } from "./make_situation.ts";

/** What is told behind what Doorward itself does. */
async function linesWith(options: SituationOptions): Promise<string[]> {
  const [level, ...lines] = await linesOf(confinementCheck, { env: { PATH: "/bin" }, ...options });
  assertEquals(level?.startsWith("note level: by the environment alone"), true);
  return lines;
}

const bin = { "/bin": { kind: "folder", mode: 0o755 } } as const;
const program = { mode: 0o755 };
const HOW = "docs/examples/only-way-out leaves Doorward as the only way out";

Deno.test("what this system has is told, and what it refuses", async () => {
  assertEquals(await linesWith({ files: { ...bin, "/bin/bwrap": program, "/bin/nft": program } }), [
    `note namespaces: bubblewrap is at /bin/bwrap: ${HOW}`,
    "note system: it has nft, which can hold commands, too; none was tried",
  ]);
  assertEquals(await linesWith({ files: bin }), [
    `note namespaces: bubblewrap (bwrap) is not on the PATH; with it ${HOW}`,
  ]);
  const restricted = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
  const files = { ...bin, "/bin/bwrap": program, [restricted]: "1\n" };
  assertEquals(await linesWith({ files }), [
    `note namespaces: ${restricted} keeps users from making them, root and some programs aside`,
  ]);
});

Deno.test("other systems have other means, or none", async () => {
  const files = { "/usr/bin/sandbox-exec": program };
  assertEquals(await linesWith({ os: "darwin", files }), [
    "note system: it has sandbox-exec, which can hold a command; Doorward does not use it",
  ]);
  assertEquals((await linesWith({ os: "darwin" })).length, 1);
  assertEquals((await linesWith({ os: "windows" })).length, 1);
});
