import { assertEquals, assertRejects } from "@std/assert";
import {
  cacheFile,
  type KeptDocument,
  requirementsCache,
} from "../../../src/config/requirements/requirements_cache.ts";
import { lastSeenFile } from "../../../src/config/requirements/last_seen.ts";
import { cacheKeyFile, readCacheKey } from "../../../src/config/requirements/cache_key.ts";
import { makeScratch, type Scratch } from "../../support/scratch.ts";

const isWindows = Deno.build.os === "windows";

const { os } = Deno.build;
const URL_ = new URL("https://policy.test/r.toml?token=1");
const DOCUMENT: KeptDocument = { text: "[features]\n# ä\n", etag: '"1"', fetchedAt: 1000 };
const LATER: KeptDocument = { text: "", etag: null, fetchedAt: 2000 };

function cacheOf(scratch: Scratch) {
  return requirementsCache(scratch.home, os);
}

Deno.test({
  name: "requirementsCache() reads what it has written, for its owner only",
  ignore: isWindows,
  fn: async () => {
    await using scratch = await makeScratch();
    assertEquals(await cacheOf(scratch).read(URL_), { kind: "absent" });
    for (const document of [DOCUMENT, LATER, { ...LATER, text: "again" }]) {
      await cacheOf(scratch).write(URL_, document);
      assertEquals(await cacheOf(scratch).read(URL_), { kind: "document", document });
    }
    assertEquals((await Deno.stat(cacheFile(scratch.home, os))).mode! & 0o777, 0o600);
  },
});

/** What is done to the file, and why it is not used then. */
const TAMPERED: readonly (readonly [string, (json: string) => string, string])[] = [
  [
    "another text",
    (json) => json.replace("[features]", "[feature]"),
    "somebody changed it: its signature does not fit",
  ],
  [
    "another ETag",
    (json) => json.replace('\\"1\\"', '\\"2\\"'),
    "somebody changed it: its signature does not fit",
  ],
  [
    "another time",
    (json) => json.replace("1000", "9000"),
    "somebody changed it: its signature does not fit",
  ],
  [
    "another URL",
    (json) => json.replace("token=1", "token=2"),
    "somebody changed it: its signature does not fit",
  ],
  [
    "no signature",
    (json) => json.replace(/"signature":"[^"]*"/, '"signature":""'),
    "somebody changed it: its signature does not fit",
  ],
  ["another version", (json) => json.replace(":1,", ":2,"), "it is not what Doorward writes"],
  ["no JSON", (json) => json.slice(1), "it is not what Doorward writes"],
  ["another JSON", () => "null", "it is not what Doorward writes"],
  ["a field less", (json) => json.replace('"etag"', '"tag"'), "it is not what Doorward writes"],
];

for (const [what, change, why] of TAMPERED) {
  Deno.test(`requirementsCache() refuses a file with ${what}`, async () => {
    await using scratch = await makeScratch();
    await cacheOf(scratch).write(URL_, DOCUMENT);
    const file = cacheFile(scratch.home, os);
    const json = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, change(json));
    assertEquals(await Deno.readTextFile(file) === json, false);
    assertEquals(await cacheOf(scratch).read(URL_), { kind: "refused", why });
  });
}

Deno.test("requirementsCache() refuses what is of another URL", async () => {
  await using scratch = await makeScratch();
  await cacheOf(scratch).write(URL_, DOCUMENT);
  const other = new URL("https://policy.test/r.toml?token=2");
  assertEquals(await cacheOf(scratch).read(other), {
    kind: "refused",
    why: "it is of another URL",
  });
});

const PUT_BACK = "it is older than the last one that was kept: somebody put it back";

Deno.test("requirementsCache() refuses an older file that was put back", async () => {
  await using scratch = await makeScratch();
  const file = cacheFile(scratch.home, os);
  await cacheOf(scratch).write(URL_, DOCUMENT);
  const old = await Deno.readFile(file);
  await cacheOf(scratch).write(URL_, LATER);
  await Deno.writeFile(file, old);
  assertEquals(await cacheOf(scratch).read(URL_), { kind: "refused", why: PUT_BACK });
});

Deno.test("requirementsCache() refuses a file when nobody knows what was last", async () => {
  await using scratch = await makeScratch();
  await cacheOf(scratch).write(URL_, DOCUMENT);
  await Deno.remove(lastSeenFile(scratch.home, os));
  assertEquals(await cacheOf(scratch).read(URL_), { kind: "refused", why: PUT_BACK });
});

Deno.test("requirementsCache() does not trust a time that went backwards", async () => {
  await using scratch = await makeScratch();
  await cacheOf(scratch).write(URL_, LATER);
  await cacheOf(scratch).write(URL_, DOCUMENT);
  assertEquals(await cacheOf(scratch).read(URL_), { kind: "refused", why: PUT_BACK });
});

Deno.test("requirementsCache() refuses a file of another home folder, or after its key was lost", async () => {
  await using scratch = await makeScratch();
  await cacheOf(scratch).write(URL_, DOCUMENT);
  await Deno.remove(cacheKeyFile(scratch.home, os));
  assertEquals(await cacheOf(scratch).read(URL_), {
    kind: "refused",
    why: "the key that it was signed with is gone",
  });
  // To read is to make nothing.
  assertEquals(await readCacheKey(scratch.home, os), null);
});

Deno.test({
  name: "requirementsCache() refuses a file that others may write",
  ignore: isWindows,
  fn: async () => {
    await using scratch = await makeScratch();
    await cacheOf(scratch).write(URL_, DOCUMENT);
    await Deno.chmod(cacheFile(scratch.home, os), 0o666);
    const kept = await cacheOf(scratch).read(URL_);
    assertEquals(
      kept.kind === "refused" && kept.why.startsWith("others may read or write it"),
      true,
    );
  },
});

Deno.test("requirementsCache() keeps nothing that it would not read again", async () => {
  await using scratch = await makeScratch();
  const long = { ...DOCUMENT, text: "\x01".repeat(400_000) };
  await assertRejects(() => cacheOf(scratch).write(URL_, long), Error, "more than 2097152 bytes");
  assertEquals(await cacheOf(scratch).read(URL_), { kind: "absent" });
});

Deno.test({
  name: "requirementsCache() keeps nothing that it would not read",
  ignore: isWindows,
  fn: async () => {
    await using scratch = await makeScratch();
    const huge = { ...DOCUMENT, text: "#".repeat(2 * 1024 * 1024) };
    await assertRejects(
      () => cacheOf(scratch).write(URL_, huge),
      Error,
      "Cannot keep requirements: they take more than 2097152 bytes",
    );
    assertEquals(await cacheOf(scratch).read(URL_), { kind: "absent" });
  },
});
