import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  cacheKeyFile,
  readCacheKey,
  readOrMakeCacheKey,
} from "../../../src/config/requirements/cache_key.ts";
import { sign } from "../../../src/config/requirements/signature.ts";
import { makeScratch } from "../../support/scratch.ts";

const isWindows = Deno.build.os === "windows";

const { os } = Deno.build;

Deno.test({
  name: "readOrMakeCacheKey() makes a key once, for its owner only, and reads it after",
  ignore: isWindows,
  fn: async () => {
    await using scratch = await makeScratch();
    const home = `${scratch.folder}/new/home`;
    const asked = Array.from({ length: 10 }, () => readOrMakeCacheKey(home, os));
    const keys = [...await Promise.all(asked), await readOrMakeCacheKey(home, os)];
    const signatures = await Promise.all(keys.map((key) => sign(key, "text")));
    assertEquals(new Set(signatures).size, 1);
    const file = cacheKeyFile(home, os);
    assertMatch(await Deno.readTextFile(file), /^[A-Za-z0-9_-]{43}\n$/);
    assertEquals([file, `${home}/proxy`].map((path) => Deno.statSync(path).mode! & 0o777), [
      0o600,
      0o700,
    ]);
  },
});

Deno.test("readOrMakeCacheKey() makes another key for another home", async () => {
  await using scratch = await makeScratch();
  const one = await readOrMakeCacheKey(`${scratch.folder}/one`, os);
  const two = await readOrMakeCacheKey(`${scratch.folder}/two`, os);
  assertEquals(await sign(one, "text") === await sign(two, "text"), false);
});

Deno.test("readCacheKey() reads the key that was made, and makes none", async () => {
  await using scratch = await makeScratch();
  assertEquals(await readCacheKey(scratch.home, os), null);
  const made = await readOrMakeCacheKey(scratch.home, os);
  const read = await readCacheKey(scratch.home, os);
  assertEquals(read === null ? null : await sign(read, "text"), await sign(made, "text"));
});

/** What the file is, and why it is not used. */
const UNFIT: readonly (readonly [string, number, RegExp])[] = [
  ["a".repeat(43), 0o644, /: others may read or write it; remove it, and a new file is made$/],
  ["short", 0o600, /: it holds no key; remove it, and a new one is made$/],
  ["a".repeat(65), 0o600, /: it is too long; /],
];

for (const [text, mode, why] of UNFIT) {
  Deno.test({
    name: `readOrMakeCacheKey() refuses a key${why.source}, and leaves it`,
    ignore: isWindows,
    fn: async () => {
      await using scratch = await makeScratch();
      const file = await scratch.write("home/proxy/requirements.key", text);
      await Deno.chmod(file, mode);
      const error = await assertRejects(() => readOrMakeCacheKey(scratch.home, os), Error);
      assertMatch(error.message, /^Cannot use the key .*requirements\.key: /);
      assertMatch(error.message, why);
      assertEquals(await Deno.readTextFile(file), text);
    },
  });
}
