import { assertEquals } from "@std/assert";
import { readPemFile } from "../../src/config/pem_file.ts";
import { makeScratch } from "../support/scratch.ts";

Deno.test("readPemFile() reads a file up to a mebibyte, through links", async () => {
  await using scratch = await makeScratch();
  const text = "x".repeat(1024 * 1024);
  const file = await scratch.write("roots.pem", text);
  await Deno.symlink(file, `${scratch.folder}/link.pem`);
  assertEquals(await readPemFile(`${scratch.folder}/link.pem`), { kind: "text", text });
  await Deno.writeTextFile(file, "x", { append: true });
  assertEquals(await readPemFile(file), { kind: "bad", why: "it is larger than 1048576 bytes" });
});

Deno.test("readPemFile() says why it cannot", async () => {
  await using scratch = await makeScratch();
  assertEquals(await readPemFile(scratch.folder), { kind: "bad", why: "it is not a file" });
  assertEquals(await readPemFile(`${scratch.folder}/none`), {
    kind: "bad",
    why: "it does not exist; check the path",
  });
});
