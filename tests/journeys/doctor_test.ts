// `doorward doctor` as its own process, on machines with something wrong.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { doorward, FREE_PORTS, startDoorward } from "../support/doorward_cli.ts";
import { NO_POSIX } from "../support/machine.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

const GOOD = '[network]\nenabled = true\nallowed_domains = ["*.example.com"]\n';

/** The flags that name these ports, each on 127.0.0.1. */
function ports(proxy: number, socks: number, admin: number): string[] {
  return Object.entries({ proxy, socks, admin }).flatMap(([name, port]) => [
    "-c",
    `network.${name}_url=http://127.0.0.1:${port}`,
  ]);
}

/** What one finding is. */
interface Found {
  readonly check: string;
  readonly subject: string;
  readonly level: string;
  readonly found: string;
  readonly mend: readonly string[];
  readonly file: string | null;
  readonly line: number | null;
}

/** What doctor tells programs, and how it ended. */
async function examined(args: readonly string[], scratch: Scratch, env = {}) {
  const { code, stdout, stderr } = await doorward(["doctor", "--json", ...args], scratch, { env });
  assertEquals(stderr, "");
  const report = JSON.parse(stdout);
  const of = (check: string, subject: string): Found | undefined =>
    report.findings.find((each: Found) => each.check === check && each.subject === subject);
  return { code, report, of };
}

/** Every file below a folder, with when it was changed. */
async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    files.push(`${path} ${(await Deno.lstat(path)).mtime?.getTime()}`);
    if (isDirectory) files.push(...await filesBelow(path));
  }
  return files.sort();
}

Deno.test("doctor finds no fault in a good home, and changes nothing in it", async () => {
  await using scratch = await makeScratch();
  await scratch.configure(GOOD);
  const before = await filesBelow(scratch.folder);
  const { code, stdout, stderr } = await doorward(["doctor", ...FREE_PORTS], scratch);
  assertEquals(stderr, "");
  assertStringIncludes(stdout, `  ok       user file: ${scratch.configFile} is read\n`);
  assertStringIncludes(stdout, "checks: 0 faults, ");
  assertEquals(code, 0);
  assertEquals(await filesBelow(scratch.folder), before);
});

Deno.test("doctor in an empty home finds no fault either", async () => {
  await using scratch = await makeScratch();
  await Deno.remove(scratch.home, { recursive: true });
  const { code, of } = await examined(FREE_PORTS, scratch);
  assertEquals([code, of("files", "home")?.level], [0, "note"]);
});

Deno.test("doctor tells who has a port, and waits for nobody who is silent", async () => {
  await using scratch = await makeScratch();
  await scratch.configure(GOOD);
  await using nginx = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("hello", { headers: { Server: "nginx\x9b2J" } }),
  );
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using liar = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("\x1b[2J".repeat(100_000), { headers: { Server: "doorward" } }),
  );
  const flags = ports(nginx.addr.port, silent.addr.port, liar.addr.port);
  const { code, of, report } = await examined(flags, scratch);
  assertEquals(
    ["http", "socks5", "admin"].map((subject) => of("ports", subject)?.found.replace(/:\d+ /, " ")),
    [
      'an HTTP server answers there that is not Doorward: "nginx\\u009b2J"',
      "what listens there does not answer",
      "it says that it is Doorward, and is not",
    ].map((what) => `127.0.0.1 is taken: ${what}`),
  );
  assertEquals([code, report.ok, report.counts.fault], [1, false, 3]);
  const text = await doorward(["doctor", "--quiet", ...flags], scratch);
  assertEquals(/[\p{Cc}\p{Cf}]/u.test(text.stdout.replaceAll("\n", "")), false);
  assertEquals(text.stdout.split("\n").filter((line) => line.startsWith("  FAULT")).length, 3);
});

Deno.test("doctor tells every fault of a configuration, and goes on", async () => {
  await using scratch = await makeScratch();
  await scratch.configure("[network]\nmod = 1\nvia = 2\n");
  const { code, report, of } = await examined([], scratch);
  const faults = report.findings.filter(({ check, level }: Found) =>
    check === "configuration" && level === "fault"
  );
  assertEquals(faults.map(({ file, line }: Found) => [file, line]), [
    [scratch.configFile, 2],
    [scratch.configFile, 3],
  ]);
  assertEquals(code, 1);
  assert(of("clock", "time") !== undefined);
  const text = await doorward(["doctor", "-q"], scratch);
  assertStringIncludes(
    text.stdout,
    `FAULT    written: ${scratch.configFile}:2:1: unknown key "mod"`,
  );
});

Deno.test("doctor knows a Doorward that runs, and whether it obeys what is written", async () => {
  await using scratch = await makeScratch();
  await scratch.configure(GOOD);
  await using start = await startDoorward([], scratch);
  const flags = ports(start.port, start.socksPort, start.adminPort);
  const { code, of } = await examined(flags, scratch);
  assertEquals(
    ["http", "socks5", "admin"].map((subject) => of("ports", subject)?.level),
    ["ok", "ok", "ok"],
  );
  assertEquals([of("running proxy", "admin")?.level, of("running proxy", "token")?.level, code], [
    "ok",
    "ok",
    0,
  ]);
  const health = await fetch(`http://127.0.0.1:${start.adminPort}/health`);
  const { blocked_total: blocked, audit } = await health.json();
  assertEquals([blocked, audit.records], [0, 0], "the questions of a doctor are no requests");
  start.kill("SIGTERM");
  assertEquals((await start.ended).stderr.includes("Refused"), false);
});

Deno.test("doctor tells that a running Doorward did not take the last change", async () => {
  await using scratch = await makeScratch();
  await scratch.configure(GOOD);
  await using start = await startDoorward([], scratch);
  await scratch.configure("[network]\nmod = 1\n");
  await start.stderr.until(/stays in force/);
  const flags = ports(start.port, start.socksPort, start.adminPort);
  const { code, of } = await examined(flags, scratch);
  assertEquals([of("configuration", "written")?.level, code], ["fault", 1]);
  const reload = of("running proxy", "reload");
  assertEquals([reload?.level, reload?.found.includes("stays in force")], ["warning", true]);
});

Deno.test("doctor tells what a shell that is pointed at Doorward sends past it", async () => {
  await using scratch = await makeScratch();
  await scratch.configure(GOOD);
  using gone = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = gone.addr;
  gone.close();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    http_proxy: url,
    https_proxy: url,
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    no_proxy: "localhost,.corp.test",
    SSL_CERT_FILE: `${scratch.folder}/gone.pem`,
  };
  await scratch.write("home/.gitconfig", "[http]\n\tproxy = http://u:hunter2@proxy.test:1\n");
  const flags = [...FREE_PORTS, "-c", `network.proxy_url=${url}`];
  const { code, report, of } = await examined(flags, scratch, env);
  assertEquals(
    [of("variables", "shell"), of("variables", "exceptions"), of("trust", "SSL_CERT_FILE")]
      .map((found) => found?.level),
    ["warning", "warning", "warning"],
  );
  assertEquals(of("settings of tools", "git")?.level, "warning");
  assertEquals(JSON.stringify(report).includes("hunter2"), false);
  assertEquals(code, 0);
});

Deno.test({
  name: `doctor is done with pipes and folders where files should be${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn() {
    await using scratch = await makeScratch();
    const home = `${scratch.home}/doorward`;
    const pipe = async (path: string) =>
      assertEquals((await new Deno.Command("mkfifo", { args: [path] }).output()).code, 0);
    await Deno.mkdir(`${home}/proxy`);
    await Deno.mkdir(`${scratch.home}/.wgetrc`);
    await pipe(scratch.configFile);
    await pipe(`${home}/proxy/admin.token`);
    await pipe(`${home}/proxy/ca.key`);
    await pipe(`${scratch.home}/.curlrc`);
    const PATH = `${scratch.folder}/\x1b[2J:${home}/proxy/ca.key:/proc/1/root`;
    const { code, of } = await examined(FREE_PORTS, scratch, { PATH });
    assertEquals(
      [of("configuration", "written"), of("running proxy", "token"), of("authority", "files")]
        .map((found) => found?.level),
      ["fault", "fault", "fault"],
    );
    assertEquals([of("settings of tools", "files")?.level, code], ["ok", 1]);
  },
});

Deno.test("doctor reads a configuration of the largest size, and tells of a larger one", async () => {
  await using scratch = await makeScratch();
  const hosts = Array.from({ length: 100_000 }, (_, at) => `"h${at}.example.com",\n`).join("");
  await scratch.configure(`[network]\nenabled = true\nallowed_domains = [\n${hosts}]\n`);
  // Nothing is looked up: the first host is denied, and the rest with it.
  const { of } = await examined(
    [...FREE_PORTS, "-c", 'network.denied_domains=["*.example.com"]'],
    scratch,
  );
  assertStringIncludes(of("configuration", "policy")?.found ?? "", "100000 allow rules");
  assertEquals(of("dns", "look-up")?.level, "note");
  await scratch.configure("#".repeat(9 * 1024 * 1024));
  const large = await examined(FREE_PORTS, scratch);
  assertEquals([large.of("configuration", "written")?.level, large.code], ["fault", 1]);
});
