import { assertEquals, assertRejects } from "@std/assert";
import {
  loadRequirements,
  systemRequirementsFile,
} from "../../../src/config/requirements/load_requirements.ts";
import { NO_REQUIREMENTS } from "../../../src/config/requirements/requirements.ts";
import { RemoteRequirements } from "../../../src/config/requirements/remote_requirements.ts";
import { ConfigError } from "../../../src/config/errors.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { makeScratch } from "../../support/scratch.ts";

const NEVER = new AbortController().signal;

Deno.test("systemRequirementsFile() is where administrators write", () => {
  assertEquals(systemRequirementsFile(null, "linux"), "/etc/doorward/requirements.toml");
  assertEquals(systemRequirementsFile("/etc/other", "darwin"), "/etc/other/requirements.toml");
  assertEquals(
    systemRequirementsFile("D:\\Data\\Doorward", "windows"),
    "D:\\Data\\Doorward\\requirements.toml",
  );
  assertEquals(
    systemRequirementsFile(null, "windows"),
    "C:\\ProgramData\\Doorward\\requirements.toml",
  );
});

Deno.test("loadRequirements() requires nothing where there is no file", async () => {
  await using scratch = await makeScratch();
  const source = { systemFile: `${scratch.folder}/none.toml`, named: null };
  assertEquals((await loadRequirements(source, NEVER)).requirements, NO_REQUIREMENTS);
});

Deno.test("loadRequirements() lets both files hold, and passes their notices on", async () => {
  await using scratch = await makeScratch();
  const systemFile = await scratch.write(
    "system.toml",
    '[rules]\n[experimental_network]\nmode = "limited"\nhttp_port = 1\n',
  );
  const named = await scratch.write(
    "named.toml",
    '[permissions]\n[experimental_network]\nmode = "full"\nhttp_port = 2\nsocks_port = 3\n',
  );
  const { requirements: { values }, notices } = await loadRequirements(
    { systemFile, named },
    NEVER,
  );
  assertEquals([values.mode?.value, values.http_port?.value, values.socks_port?.value], [
    "limited",
    1,
    3,
  ]);
  assertEquals(notices.map(({ origin }) => origin.file), [systemFile, named]);
});

Deno.test("loadRequirements() lets a URL hold beside the file", async () => {
  await using scratch = await makeScratch();
  const systemFile = await scratch.write("system.toml", "[experimental_network]\nenabled = true\n");
  const named = new RemoteRequirements(new URL("https://policy.test/"), {
    get: () =>
      Promise.resolve({
        status: 200,
        etag: null,
        contentType: null,
        location: null,
        isDelimited: true,
        bytes: new TextEncoder().encode('[experimental_network]\nmode = "limited"\n'),
      }),
    clock: new FakeClock(),
    cache: null,
  });
  const { requirements: { values } } = await loadRequirements({ systemFile, named }, NEVER);
  assertEquals([values.enabled?.value, values.mode?.value], [true, "limited"]);
  assertEquals(values.mode?.origin.file, "https://policy.test/");
});

Deno.test("loadRequirements() tells the faults of every source at once", async () => {
  await using scratch = await makeScratch();
  const systemFile = await scratch.write("system.toml", "a = 1\n");
  const named = `${scratch.folder}/none.toml`;
  const error = await assertRejects(
    () => loadRequirements({ systemFile, named }, NEVER),
    ConfigError,
  );
  assertEquals(error.faults.map(({ origin }) => origin.file), [systemFile, named]);
});

Deno.test("loadRequirements() takes no file that it cannot read for nothing", async () => {
  await using scratch = await makeScratch();
  await Deno.mkdir(`${scratch.folder}/folder.toml`);
  const link = `${scratch.folder}/link.toml`;
  await Deno.symlink(`${scratch.folder}/nowhere`, link);
  const latin = await scratch.write("latin.toml", new Uint8Array([0xe4]));
  for (const systemFile of [`${scratch.folder}/folder.toml`, link, latin]) {
    await assertRejects(() => loadRequirements({ systemFile, named: null }, NEVER), ConfigError);
  }
});

Deno.test("loadRequirements() passes on what nobody foresaw", async () => {
  const named = new RemoteRequirements(new URL("https://policy.test/"), {
    get: () => Promise.reject(new TypeError("unforeseen")),
    clock: new FakeClock(),
    cache: null,
  });
  await assertRejects(
    () => loadRequirements({ systemFile: "/no/r.toml", named }, NEVER),
    TypeError,
    "unforeseen",
  );
});
