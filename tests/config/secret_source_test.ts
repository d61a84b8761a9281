import { assertEquals, assertThrows } from "@std/assert";
import {
  fetchSecret,
  readSecretSource,
  type SecretSource,
} from "../../src/config/secret_source.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import { makeScratch } from "../support/scratch.ts";
import { PLACE, print, tableOf } from "./load.ts";

const KEYS = { env: "env", file: "file", where: "inject" };

function read(text: string): [SecretSource | null, string[]] {
  const findings = new Findings();
  return [readSecretSource(tableOf(text), KEYS, {}, findings), print(findings.faults())];
}

async function fetched(
  from: SecretSource["from"],
  env: Record<string, string> = {},
  prefix = "",
): Promise<string> {
  const findings = new Findings();
  const value = await fetchSecret({ from, prefix, place: PLACE }, env, findings);
  return value === null ? print(findings.faults()).join() : value();
}

Deno.test("readSecretSource() reads where a secret comes from", () => {
  const [env] = read('env = "TOKEN"\nprefix = "Bearer "');
  assertEquals([env?.from, env?.prefix], [{ env: "TOKEN" }, "Bearer "]);
  const [file] = read('file = "/run/secrets/token"');
  assertEquals([file?.from, file?.prefix], [{ file: "/run/secrets/token" }, ""]);
});

/** A table that names no secret, and what is said of it. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["", '1:1 no secret: write env = "NAME", or file = "/absolute/path"'],
  ['env = "A"\nfile = "/b"', '2:1 both "env" and "file": a secret comes from one of them'],
  ["env = 1", '1:7 "env" is 1: expected text in quotes'],
  ['env = ""', '1:7 "env" is no name of an environment variable'],
  ['env = "A=b"', '1:7 "env" is no name of an environment variable'],
  ['file = "token"', '1:8 "file" is not absolute: write the whole path'],
  ['file = "~/token"', '1:8 "file" is not absolute: write the whole path'],
  ['envs = "A"\nenv = "B"', '1:1 unknown key "envs": did you mean "env"?'],
  ['env = "A"\nprefix = 1', '2:10 "prefix" is not text that a header can hold'],
  ['env = "A"\nprefix = "a\\nb"', '2:10 "prefix" is not text that a header can hold'],
  ['env = "A"\nprefix = "\u00e9"', '2:10 "prefix" is not text that a header can hold'],
];

for (const [text, expected] of REFUSED) {
  Deno.test(`readSecretSource() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(read(text)[1], [expected]);
  });
}

Deno.test("fetchSecret() takes the value of a variable as it is", async () => {
  assertEquals(await fetched({ env: "T" }, { T: " s3cret" }, "Bearer "), "Bearer  s3cret");
});

// Upstream: compile_resolves_file_backed_injected_headers
Deno.test("fetchSecret() takes what a file holds, without what is around it", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.folder}/token`;
  await Deno.writeTextFile(file, "\n s3cret\r\n");
  assertEquals(await fetched({ file }, {}, "token "), "token s3cret");
  await Deno.symlink(file, `${scratch.folder}/link`);
  assertEquals(await fetched({ file: `${scratch.folder}/link` }), "s3cret");
});

/** A variable that holds no secret, and why. */
const BAD: readonly (readonly [Record<string, string>, string])[] = [
  [{}, "it is not set"],
  [{ T: "" }, "it is empty"],
  [{ T: " " }, "it is empty"],
  [{ T: "s3cret\n" }, "it has a line end, or another control character"],
  [{ T: "s3\rcret" }, "it has a line end, or another control character"],
  [{ T: "s3\0cret" }, "it has a line end, or another control character"],
  [{ T: "s3\u0085cret" }, "it has a line end, or another control character"],
  [{ T: "s3cr\u00e9t" }, "it has characters outside ASCII"],
  [{ T: "s3cr\u2028t" }, "it has characters outside ASCII"],
];

for (const [env, why] of BAD) {
  Deno.test(`fetchSecret() names a variable and not its value: ${JSON.stringify(env)}`, async () => {
    assertEquals(
      await fetched({ env: "T" }, env),
      `1:1 cannot use the secret of environment variable "T": ${why}`,
    );
  });
}

Deno.test("fetchSecret() knows no variable that every object has", async () => {
  assertEquals((await fetched({ env: "constructor" })).endsWith("it is not set"), true);
});

Deno.test({
  name: "fetchSecret() says that a file may not be read",
  // Root may read anything.
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
  fn: async () => {
    await using scratch = await makeScratch();
    const file = await scratch.write("token", "s3cret");
    await Deno.chmod(file, 0);
    assertEquals((await fetched({ file })).endsWith(": it may not be read"), true);
  },
});

Deno.test("fetchSecret() names a file and not what it holds", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.folder}/token`;
  const told = async (): Promise<string> => (await fetched({ file })).split(": ").at(-1)!;
  assertEquals(await told(), "there is no such file");
  await Deno.writeTextFile(file, " \n");
  assertEquals(await told(), "it is empty");
  await Deno.writeTextFile(file, "s3cret\ns3cret");
  assertEquals(await told(), "it has a line end, or another control character");
  await Deno.writeTextFile(file, "s".repeat(64 * 1024 + 1));
  assertEquals(await told(), "it has over 65536 bytes");
  await Deno.writeTextFile(file, "s".repeat(64 * 1024));
  assertEquals((await fetched({ file })).length, 64 * 1024);
  await Deno.writeFile(file, new Uint8Array([0xff, 0xfe]));
  assertEquals(await told(), "it has characters outside ASCII");
  assertEquals((await fetched({ file: scratch.folder })).endsWith("it is not a file"), true);
});

Deno.test("fetchSecret() reads nothing for a call that sends nothing, and gives nothing then", async () => {
  const findings = new Findings();
  const source = { from: { env: "T" }, prefix: "", place: PLACE };
  const value = await fetchSecret(source, null, findings);
  assertEquals(findings.faults(), []);
  assertThrows(() => value?.(), Error, "Cannot put in a secret: none was read");
});
