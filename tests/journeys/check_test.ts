// `doorward check` as its own process: what is wrong with a file, all of it at once.
import { assertEquals } from "@std/assert";
import { doorward } from "../support/doorward_cli.ts";
import { makeScratch } from "../support/scratch.ts";

const GOOD = `[network]
enabled = true
mode = "limited"
allowed_domains = ["api.example.com", "*.npmjs.org"]
denied_domains = ["www.npmjs.org"]
`;

/** Five mistakes. */
const BAD = `[network]
mode = "open"
allowed_domain = ["example.com"]
allowed_domains = ["*", "exa mple.com"]

[network.limits]
connect_seconds = 0
`;

Deno.test("check says of a good configuration what is in it", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.configure(GOOD);
  const { code, stdout, stderr } = await doorward(["check"], scratch);
  assertEquals(
    stdout,
    `${file}: ok\n  mode limited, 2 allow rules, 1 deny rule, denies what is not listed\n`,
  );
  assertEquals([code, stderr], [0, ""]);
});

Deno.test("check tells every fault of a file, with its line and its column", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("bad.toml", BAD);
  const { code, stdout, stderr } = await doorward(["check", file], scratch);
  assertEquals(stderr.replaceAll(file, "FILE").split("\n"), [
    'FILE:2:8: "mode" is "open": expected "full" or "limited"',
    'FILE:3:1: unknown key "allowed_domain": did you mean "allowed_domains"?',
    'FILE:4:20: bad host pattern "*": it matches every host; name the hosts, or write ' +
    "*.example.com for what lies below one; to allow all that is not denied set " +
    "dangerously_allow_all_domains = true",
    'FILE:4:25: bad host pattern "exa mple.com": it has a space; write one pattern for each host',
    'FILE:7:19: "connect_seconds" is 0: expected a whole number from 1 to 86400',
    "",
  ]);
  assertEquals([code, stdout], [1, ""]);
});

Deno.test("check --json tells the same faults to programs", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("bad.toml", BAD);
  const text = await doorward(["check", file], scratch);
  const json = await doorward(["check", "--json", file], scratch);
  const { ok, file: named, faults, notices } = JSON.parse(json.stdout);
  const lines = faults.map(({ file, line, column, message }: Record<string, unknown>) =>
    `${file}:${line}:${column}: ${message}\n`
  );
  assertEquals(lines.join(""), text.stderr);
  assertEquals([ok, named, notices], [false, file, []]);
  assertEquals([json.code, json.stderr], [1, ""]);
});

Deno.test("check --json says of a good configuration that it is one", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.configure(GOOD);
  const { code, stdout } = await doorward(["check", "--json"], scratch);
  assertEquals(JSON.parse(stdout), { ok: true, file, faults: [], notices: [] });
  assertEquals(code, 0);
});

Deno.test("check ends with 125 when there is no such file", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.folder}/nowhere.toml`;
  const { code, stdout, stderr } = await doorward(["check", file], scratch);
  assertEquals(stderr, `${file}: cannot read this file: it does not exist; check the path\n`);
  assertEquals([code, stdout], [125, ""]);
});

Deno.test("check finds the place of a fault behind characters of several bytes", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("é.toml", '# Grüße 👋\n[network]\n"mode" = "öpen"\n');
  const { code, stderr } = await doorward(["check", file], scratch);
  assertEquals(stderr.startsWith(`${file}:3:10: `), true, stderr);
  assertEquals(code, 1);
});
