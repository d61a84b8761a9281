import { assert, assertEquals, assertThrows } from "@std/assert";
import type { HelperProcess } from "../../../src/library/deciders/helper_process.ts";
import { systemHelperProcess } from "../../../src/library/deciders/system_helper.ts";
import { inTime, until } from "../../support/in_time.ts";

const PATH = Deno.env.get("PATH")!;

function start(script: string, env: Record<string, string> = {}): HelperProcess {
  return systemHelperProcess({
    words: ["sh", "-c", script],
    folder: "/",
    env: { PATH, ...env },
  });
}

async function all(read: () => Promise<Uint8Array | null>): Promise<string> {
  let text = "";
  for (let bytes = await read(); bytes !== null; bytes = await read()) {
    text += new TextDecoder().decode(bytes);
  }
  return text;
}

Deno.test("systemHelperProcess() carries what is said both ways, and tells how it ends", async () => {
  const helper = start("read line; echo got $line; echo oh >&2; exit 3");
  await helper.write(new TextEncoder().encode("this\n"));
  assertEquals(await inTime(all(helper.read), "output"), "got this\n");
  assertEquals(await inTime(all(helper.readErrors), "errors"), "oh\n");
  assertEquals(await inTime(helper.ended, "its end"), "with exit code 3");
  helper.kill("SIGTERM");
  helper.closeInput();
  helper.closeInput();
  await helper.release();
});

Deno.test("systemHelperProcess() gives this folder, this environment, and nothing of ours", async () => {
  Deno.env.set("DOORWARD_TEST_OURS", "1");
  const helper = start('pwd; echo "$A-$DOORWARD_TEST_OURS-$HOME"', { A: "a b" });
  Deno.env.delete("DOORWARD_TEST_OURS");
  assertEquals(await inTime(all(helper.read), "output"), "/\na b--\n");
  await helper.ended;
  await helper.release();
});

Deno.test("systemHelperProcess() starts words as they are, without a shell", async () => {
  const helper = systemHelperProcess({
    words: ["echo", "$HOME", "*", "a;b"],
    folder: "/",
    env: { PATH },
  });
  assertEquals(await inTime(all(helper.read), "output"), "$HOME * a;b\n");
  await helper.ended;
  await helper.release();
});

Deno.test("kill() ends what a helper has started, too", async () => {
  const helper = start("sleep 600 & echo $!; wait");
  const pid = Number(new TextDecoder().decode((await inTime(helper.read(), "a pid"))!));
  assert(isThere(pid));
  helper.kill("SIGTERM");
  assertEquals(await inTime(helper.ended, "its end"), "by SIGTERM");
  await until(() => !isThere(pid), "it is gone");
  await helper.release();
});

Deno.test("release() reads no more, though somebody holds the other end", async () => {
  const helper = start("echo here; trap '' TERM; while :; do read x; sleep 600; done");
  await helper.read();
  const pending = all(helper.read);
  await inTime(helper.release(), "the release");
  assertEquals(await inTime(pending, "its end"), "");
  helper.kill("SIGKILL");
  assertEquals(await inTime(helper.ended, "its end"), "by SIGKILL");
});

Deno.test("systemHelperProcess() throws where there is no such program", () => {
  const command = { words: ["/nonexistent/x"], folder: "/", env: {} } as const;
  assertThrows(() => systemHelperProcess(command), Deno.errors.NotFound);
});

/** Whether a process runs; one that has ended and was not waited for does not. */
function isThere(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}
