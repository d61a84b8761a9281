import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { addToList } from "../../src/config/edit_list.ts";
import { CONFIG_BYTES_MAX } from "../../src/config/config_file.ts";
import { ConfigError } from "../../src/config/errors.ts";
import {
  type ConfigEdit,
  configEditor,
  editConfigFile,
  NEW_CONFIG,
} from "../../src/config/write_config.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { load } from "./load.ts";

const isWindows = Deno.build.os === "windows";

/** Allows a host, as an approval for good does. */
function allowing(host: string): ConfigEdit {
  return (text) => addToList(text ?? NEW_CONFIG, "allowed_domains", host);
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();
}

/** The one fault of an edit that is refused; nothing may be left in the folder but what was there. */
async function refusal(scratch: Scratch, file: string, edit: ConfigEdit): Promise<string> {
  const before = await namesIn(scratch.folder);
  const error = await assertRejects(() => editConfigFile(file, edit), ConfigError);
  assertEquals(await namesIn(scratch.folder), before);
  assertEquals(error.faults.map(({ origin }) => origin.file), [file]);
  return error.faults[0]!.message;
}

Deno.test("editConfigFile() replaces the text, and leaves nothing else behind", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("etc/config.toml", "[network]\r\n# é\r\n");
  await editConfigFile(file, allowing("a.test"));
  assertEquals(
    await Deno.readTextFile(file),
    '[network]\r\nallowed_domains = ["a.test"]\r\n# é\r\n',
  );
  assertEquals(await namesIn(`${scratch.folder}/etc`), ["config.toml"]);
});

for (const mode of [0o600, 0o644, 0o664]) {
  Deno.test({
    name: `editConfigFile() keeps the mode ${mode.toString(8)}`,
    ignore: isWindows,
    fn: async () => {
      await using scratch = await makeScratch();
      const file = await scratch.write("config.toml", "");
      await Deno.chmod(file, mode);
      await editConfigFile(file, allowing("a.test"));
      assertEquals((await Deno.stat(file)).mode! & 0o777, mode);
    },
  });
}

Deno.test("editConfigFile() makes a file that says what holds without one", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.folder}/deep/home/config.toml`;
  await editConfigFile(file, allowing("a.test"));
  const text = await Deno.readTextFile(file);
  assertEquals(text, NEW_CONFIG.replace("allowed_domains = []", 'allowed_domains = ["a.test"]'));
  const unwritten = await load(null, { allow: ["a.test"] });
  assertEquals((await load(text)).network, unwritten.network);
  assertEquals(await namesIn(`${scratch.folder}/deep/home`), ["config.toml"]);
});

Deno.test({
  name: "editConfigFile() makes a file and a folder that nobody else can read",
  ignore: isWindows,
  fn: async () => {
    await using scratch = await makeScratch();
    const file = `${scratch.folder}/new/config.toml`;
    await editConfigFile(file, allowing("a.test"));
    const modes = [file, `${scratch.folder}/new`].map((path) => Deno.statSync(path).mode! & 0o777);
    assertEquals(modes, [0o600, 0o700]);
  },
});

Deno.test("editConfigFile() follows a link, which stays", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("real/policy.toml", "");
  const link = `${scratch.folder}/config.toml`;
  await Deno.symlink("real/policy.toml", link);
  await editConfigFile(link, allowing("a.test"));
  assertEquals(await Deno.readLink(link), "real/policy.toml");
  assertStringIncludes(await Deno.readTextFile(file), '["a.test"]');
  assertEquals(await namesIn(`${scratch.folder}/real`), ["policy.toml"]);
});

Deno.test("editConfigFile() writes nothing when nothing changes", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("config.toml", "# c\n");
  const { ino } = await Deno.stat(file);
  await editConfigFile(file, (text) => text!);
  assertEquals((await Deno.stat(file)).ino, ino);
});

Deno.test("editConfigFile() refuses a link to nothing, a folder, and what is no text", async () => {
  await using scratch = await makeScratch();
  const link = `${scratch.folder}/link`;
  await Deno.symlink("nothing", link);
  const binary = await scratch.write("binary", new Uint8Array([0xff]));
  const messages = [link, scratch.home, binary].map((file) =>
    refusal(scratch, file, allowing("a.test"))
  );
  assertEquals(await Promise.all(messages), [
    "cannot read this file: it does not exist; check the path",
    "cannot edit this file: it is not a file",
    "not UTF-8 text; save it as UTF-8",
  ]);
});

Deno.test("editConfigFile() refuses a device before it opens it", async () => {
  const error = await assertRejects(
    () => editConfigFile("/dev/zero", allowing("a.test")),
    ConfigError,
  );
  assertEquals(error.message, "/dev/zero: cannot edit this file: it is not a file");
});

Deno.test("editConfigFile() refuses an edit that cannot be made, or makes too much", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("config.toml", "network = 1\n");
  assertEquals(
    await refusal(scratch, file, allowing("a.test")),
    'cannot edit this file: "network" is not a table',
  );
  assertEquals(
    await refusal(scratch, file, () => "#".repeat(CONFIG_BYTES_MAX + 1)),
    "cannot edit this file: it would be larger than 8388608 bytes",
  );
  assertEquals(await Deno.readTextFile(file), "network = 1\n");
  await editConfigFile(file, () => "#".repeat(CONFIG_BYTES_MAX));
});

Deno.test("editConfigFile() does not lose what somebody else writes meanwhile", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("config.toml", "[network]\n");
  let others = 2;
  await editConfigFile(file, (text) => {
    if (others-- > 0) Deno.writeTextFileSync(file, `${text}# other ${others}\n`);
    return allowing("a.test")(text);
  });
  assertEquals(
    await Deno.readTextFile(file),
    '[network]\nallowed_domains = ["a.test"]\n# other 1\n# other 0\n',
  );
});

Deno.test("editConfigFile() does not overwrite a file that appears meanwhile", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.folder}/config.toml`;
  await editConfigFile(file, (text) => {
    if (text === null) Deno.writeTextFileSync(file, "[network]\n");
    return allowing("a.test")(text);
  });
  assertEquals(await Deno.readTextFile(file), '[network]\nallowed_domains = ["a.test"]\n');
});

Deno.test("editConfigFile() gives up on a file that changes all the time", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("config.toml", "");
  let attempts = 0;
  const edit = (text: string | null) => {
    attempts += 1;
    Deno.writeTextFileSync(file, `${text}#\n`);
    return `${text}# mine\n`;
  };
  const error = await assertRejects(() => editConfigFile(file, edit));
  assertEquals(error.message, `Cannot write ${file}: somebody else changes it all the time`);
  assertEquals([attempts, await Deno.readTextFile(file)], [3, "#\n#\n#\n"]);
  assertEquals(await namesIn(scratch.folder), ["config.toml", "home"]);
});

Deno.test("editConfigFile() says why a file cannot be written", async () => {
  await using scratch = await makeScratch();
  const file = `${await scratch.write("file", "")}/config.toml`;
  const error = await assertRejects(() => editConfigFile(file, allowing("a.test")));
  assertStringIncludes(error.message, `Cannot write ${file}: `);
});

Deno.test({
  name: "editConfigFile() says whose permission is missing",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    // Nobody makes a folder there, whoever it is.
    const file = "/sys/doorward/config.toml";
    const error = await assertRejects(() => editConfigFile(file, allowing("a.test")));
    const why = "permission denied; make the file and its folder writable for this user";
    assertEquals(error.message, `Cannot write ${file}: ${why}`);
  },
});

Deno.test("configEditor() makes one edit after the other, and goes on after a failure", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.folder}/config.toml`;
  const editor = configEditor();
  const hosts = Array.from({ length: 20 }, (_, index) => `h${index}.test`);
  const edits = hosts.map((host) => editor.edit(file, allowing(host)));
  const failing = assertRejects(() => editor.edit(file, allowing("*")), ConfigError);
  const last = editor.edit(file, allowing("last.test"));
  await Promise.all([...edits, failing, last]);
  const { network } = await load(await Deno.readTextFile(file));
  assertEquals(network.allowed_domains, [...hosts, "last.test"]);
});
