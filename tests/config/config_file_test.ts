import { assert, assertEquals } from "@std/assert";
import { CONFIG_BYTES_MAX, readConfigFile, whyUnreadable } from "../../src/config/config_file.ts";
import { makeScratch } from "../support/scratch.ts";

/** Reads a file that holds `bytes`, as `kind: what`. */
async function read(bytes: Uint8Array | string): Promise<string> {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeFile(file, typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
    return print(await readConfigFile(file, false));
  } finally {
    await Deno.remove(file);
  }
}

function print(read: Awaited<ReturnType<typeof readConfigFile>>): string {
  switch (read.kind) {
    case "text":
      return `text: ${read.text}`;
    case "absent":
      return "absent";
    case "bad":
      return `${read.place.origin.line}: ${read.message}`;
  }
}

Deno.test("readConfigFile() reads UTF-8", async () => {
  assertEquals(await read("a = 'é😀'\r\n"), "text: a = 'é😀'\r\n");
});

Deno.test("readConfigFile() drops a byte order mark", async () => {
  assertEquals(await read("\ufeffa = 1"), "text: a = 1");
});

Deno.test("readConfigFile() takes a file of the largest size, and none larger", async () => {
  assertEquals(
    (await read("#".repeat(CONFIG_BYTES_MAX))).length,
    "text: ".length + CONFIG_BYTES_MAX,
  );
  assertEquals(
    await read("#".repeat(CONFIG_BYTES_MAX + 1)),
    "null: larger than 8388608 bytes; shorten it",
  );
});

const NOT_UTF8: readonly (readonly [string, readonly number[], number])[] = [
  ["a stray byte", [0x61, 0x0a, 0x62, 0xff, 0x0a], 2],
  ["a stray byte in the last line", [0x0a, 0x0a, 0xe9], 3],
  ["UTF-16", [0xff, 0xfe, 0x61, 0x00, 0x0a, 0x00], 1],
  ["a surrogate", [0xed, 0xa0, 0x80], 1],
  ["an overlong slash", [0x61, 0x0a, 0xc0, 0xaf], 2],
];

for (const [what, bytes, line] of NOT_UTF8) {
  Deno.test(`readConfigFile() refuses ${what} and names the line`, async () => {
    assertEquals(await read(new Uint8Array(bytes)), `${line}: not UTF-8 text; save it as UTF-8`);
  });
}

Deno.test({
  name: "readConfigFile() does not wait for whoever might write into a pipe",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using scratch = await makeScratch();
    const pipe = `${scratch.folder}/pipe`;
    assert((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
    for (const mayBeAbsent of [true, false]) {
      assertEquals(
        print(await readConfigFile(pipe, mayBeAbsent)),
        "null: cannot read this file: it is a pipe, and it is read more than once; make it a file",
      );
    }
  },
});

Deno.test("readConfigFile() stops reading a file without an end", async () => {
  const endless = await readConfigFile("/dev/zero", false);
  assertEquals(print(endless), "null: larger than 8388608 bytes; shorten it");
});

Deno.test("readConfigFile() refuses a missing file unless it may be absent", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/config.toml`;
    assertEquals(
      print(await readConfigFile(file, false)),
      "null: cannot read this file: it does not exist; check the path",
    );
    assertEquals(print(await readConfigFile(file, true)), "absent");
  } finally {
    await Deno.remove(folder);
  }
});

Deno.test("readConfigFile() refuses a link to nothing, even where the file may be absent", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/config.toml`;
    await Deno.symlink(`${folder}/elsewhere.toml`, file);
    assertEquals(
      print(await readConfigFile(file, true)),
      "null: cannot read this file: it does not exist; check the path",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readConfigFile() refuses a folder, and a path through a file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/file`, "");
    assertEquals(
      print(await readConfigFile(folder, true)),
      "null: cannot read this file: it is a folder; name the file in it",
    );
    assertEquals(
      print(await readConfigFile(`${folder}/file/config.toml`, true)),
      "null: cannot read this file: part of its path is not a folder; check the path",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readConfigFile() names the file in its fault", async () => {
  const read = await readConfigFile("/nowhere/config.toml", false);
  assert(read.kind === "bad");
  assertEquals(read.place.origin, { file: "/nowhere/config.toml", line: null, column: null });
});

const REASONS: readonly (readonly [unknown, string])[] = [
  [new Deno.errors.PermissionDenied("x"), "permission denied; make it readable for this user"],
  [new Deno.errors.NotCapable("x"), "Doorward runs without --allow-read for it; grant that"],
  [new Deno.errors.FilesystemLoop("x"), "its links lead in a circle; check the path"],
  [new Error("Input/output error (os error 5)"), "Input/output error (os error 5)"],
  ["odd", "odd"],
];

for (const [error, expected] of REASONS) {
  Deno.test(`whyUnreadable() says "${expected}"`, () => {
    assertEquals(whyUnreadable(error), expected);
  });
}
