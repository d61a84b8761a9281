import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { doorward, FREE_PORTS, startDoorward } from "../support/doorward_cli.ts";
import { makeScratch } from "../support/scratch.ts";

const REQUIRED = '[experimental_network]\nmode = "limited"\nmanaged_allowed_domains_only = true\n' +
  'domains = { "managed.test" = "allow" }\n';

const TOKEN = "proxy/admin.token";

Deno.test("doorward obeys what --requirements says, and says what is in vain", async () => {
  await using scratch = await makeScratch();
  const required = await scratch.write("required.toml", REQUIRED);
  await scratch.configure('[network]\nmode = "full"\nallowed_domains = ["user.test"]\n');
  const flags = ["--requirements", required];
  const { code, stdout, stderr } = await doorward(["check", ...flags], scratch);
  assertEquals(code, 0);
  assertMatch(stdout, /mode limited, 1 /);
  assertStringIncludes(stderr, `required by ${required}:2:1: write mode = "limited"`);
  assertStringIncludes(stderr, '"user.test" is not among the managed allowed_domains');
  const explain = async (host: string, ...more: readonly string[]) => {
    const words = ["explain", `http://${host}/`, "--no-lookup", ...flags, ...more];
    return (await doorward(words, scratch)).code;
  };
  assertEquals(await explain("managed.test"), 0);
  assertEquals(await explain("user.test"), 1);
  assertEquals(await explain("user.test", "--allow", "user.test", "-c", "network.ask=true"), 1);
  assertEquals(await explain("managed.test", "-X", "POST", "--mode", "full"), 1);
});

Deno.test("doorward does not start without what it is to obey", async () => {
  await using scratch = await makeScratch();
  const faulty = await scratch.write("faulty.toml", "[experimental_network]\nmode = 1\n");
  const places: readonly (readonly [string, RegExp])[] = [
    [`${scratch.folder}/none.toml`, /none\.toml: cannot read this file: it does not exist/],
    [faulty, /faulty\.toml:2:8: "mode" is 1: expected/],
    ["http://127.0.0.1/r.toml", /--requirements: cannot use this URL: .*write https:\/\//],
  ];
  for (const [place, why] of places) {
    for (const words of [["start", ...FREE_PORTS], ["run", "true"]]) {
      const { code, stderr } = await doorward([
        words[0]!,
        "--requirements",
        place,
        ...words.slice(1),
      ], scratch);
      assertEquals(code === 0, false);
      assertMatch(stderr, why);
    }
  }
});

Deno.test("doorward start obeys requirements that change, and its admin API does", async () => {
  await using scratch = await makeScratch();
  const required = await scratch.write("required.toml", "");
  await using started = await startDoorward(["--requirements", required], scratch);
  const api = `http://127.0.0.1:${started.adminPort}`;
  await scratch.write("required.toml", REQUIRED);
  await started.stderr.until(/reloaded, generation 2: .*mode limited/);
  const token = await Deno.readTextFile(scratch.configFile.replace("config.toml", TOKEN));
  const reply = await fetch(`${api}/mode`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token.trim()}` },
    body: '{"mode":"full"}',
  });
  assertEquals(reply.status, 403);
  assertStringIncludes(await reply.text(), "network.mode constrained by managed config");
});
