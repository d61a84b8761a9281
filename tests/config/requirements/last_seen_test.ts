import { assertEquals } from "@std/assert";
import {
  lastSeenFile,
  readLastSeen,
  writeLastSeen,
} from "../../../src/config/requirements/last_seen.ts";
import { signingKey } from "../../../src/config/requirements/signature.ts";
import { makeScratch } from "../../support/scratch.ts";

const key = await signingKey(new Uint8Array(32));

Deno.test("lastSeenFile() is in the folder for what the proxy keeps", () => {
  assertEquals(lastSeenFile("/home/me", "linux"), "/home/me/proxy/requirements.seen");
});

Deno.test("writeLastSeen() only lets it grow", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.folder}/seen`;
  assertEquals(await readLastSeen(file, key), null);
  for (const [ms, expected] of [[5, 5], [7, 7], [6, 7], [7, 7], [8, 8]] as const) {
    await writeLastSeen(file, key, ms);
    assertEquals(await readLastSeen(file, key), expected);
  }
});

Deno.test("readLastSeen() knows nothing that somebody else has written", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.folder}/seen`;
  await writeLastSeen(file, await signingKey(new Uint8Array(32).fill(1)), 5);
  assertEquals(await readLastSeen(file, key), null);
  await writeLastSeen(file, key, 5);
  const text = await Deno.readTextFile(file);
  for (const changed of [text.replace(/^5/, "6"), text.trimEnd(), "", "5"]) {
    await Deno.writeTextFile(file, changed);
    assertEquals(await readLastSeen(file, key), null);
  }
});
