import { assertEquals } from "@std/assert";
import { makeScratch } from "../support/scratch.ts";
import { sha256Of, writeChecksums } from "./checksums.ts";

/** FIPS 180-2, appendix B.1. */
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Deno.test("sha256Of() is the SHA-256 of what is in the file", async () => {
  await using scratch = await makeScratch();
  assertEquals(await sha256Of(await scratch.write("abc", "abc")), ABC);
  assertEquals(await sha256Of(await scratch.write("nothing", "")), NOTHING);
});

Deno.test("writeChecksums() writes a line a file, in order, and none for itself", async () => {
  await using scratch = await makeScratch();
  for (const [name, text] of [["b", ""], ["a", "abc"], ["folder/c", "abc"]] as const) {
    await scratch.write(`out/${name}`, text);
  }
  const out = `${scratch.folder}/out`;
  await writeChecksums(out);
  await writeChecksums(out);
  assertEquals(await Deno.readTextFile(`${out}/SHA256SUMS`), `${ABC}  a\n${NOTHING}  b\n`);
});
