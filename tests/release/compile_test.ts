import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import denoJson from "../../deno.json" with { type: "json" };
import { NO_POSIX } from "../support/machine.ts";
import { startProgram } from "../support/programs.ts";
import { makeScratch } from "../support/scratch.ts";
import { baseRuntime } from "./base_runtime.ts";
import { failureText } from "./compile.ts";
import { compileTask } from "./compile_task.ts";
import { chosen } from "./deno.ts";
import { smoke } from "./smoke.ts";
import { executableName, isTarget, type Target } from "./targets.ts";

const target = Deno.build.target as Target;

Deno.test("deno task compile does not compile where something is already", async () => {
  await using scratch = await makeScratch();
  await scratch.write("tmp/doorward-compile/main.ts", "");
  const { code, stderr } = await compileTask(["--out", `${scratch.folder}/out`], scratch, {});
  assertEquals(code, 1);
  assertEquals(
    stderr,
    `Cannot compile: ${scratch.folder}/tmp/doorward-compile is there: wait until the other ` +
      "compilation is done, or remove it\n",
  );
});

Deno.test({
  name: `deno task compile leaves nothing behind when it is interrupted${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scratch = await makeScratch();
    const tmp = `${scratch.folder}/tmp`;
    await Deno.mkdir(tmp);
    const out = `${scratch.folder}/out`;
    const words = [
      Deno.execPath(),
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-all",
      `${import.meta.dirname}/main.ts`,
    ];
    const env = { ...scratch.env, TMPDIR: tmp, DENORT_BIN: Deno.execPath() };
    await using compiling = startProgram([...words, "--out", out], { env });
    await compiling.stdout.until(/Compiling for/);
    compiling.kill("SIGINT");
    const { code, stderr } = await compiling.ended;
    assertEquals([code, stderr], [130, "Interrupted: nothing is left of what was not done\n"]);
    const left = await Array.fromAsync(
      [tmp, out],
      (folder) => Array.fromAsync(Deno.readDir(folder)),
    );
    assertEquals(left, [[], []]);
  },
});

Deno.test("deno task compile says in one line where the base runtime is to be put", async () => {
  await using scratch = await makeScratch();
  const denoDir = `${scratch.folder}/deno`;
  await Deno.mkdir(denoDir);
  await Deno.symlink(`${scratch.env.DENO_DIR}/npm`, `${denoDir}/npm`, { type: "junction" });
  const out = `${scratch.folder}/out`;
  const { code, stderr } = await compileTask(["--out", out], scratch, {
    DENO_DIR: denoDir,
    // Nobody listens there: nothing leaves this machine.
    HTTPS_PROXY: "http://127.0.0.1:9",
  });
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^Cannot download the base runtime for \S+ from https:\/\/dl\.deno\.land\/\S+ \(.*\n$/,
  );
  const place = join("dl/release", `v${Deno.version.deno}`, `denort-${target}.zip`);
  assertStringIncludes(stderr, `${place}, or `);
  assertEquals(await Array.fromAsync(Deno.readDir(out)), []);
});

Deno.test("deno task compile refuses what makes no sense, with 2", async () => {
  await using scratch = await makeScratch();
  const cases = [
    [["--target", "pdp11"], "pdp11 is no target; they are x86_64-unknown-linux-gnu, "],
    [["--all", "--target", target], "--all and --target exclude each other"],
    [["--out="], "--out needs a folder"],
    [["--all"], "DENORT_BIN is the base runtime of one target"],
    [["there"], "there means nothing here"],
  ] as const;
  for (const [args, said] of cases) {
    const { code, stderr } = await compileTask(args, scratch, { DENORT_BIN: "/denort" });
    assertEquals(code, 2, said);
    assertStringIncludes(stderr, `Cannot compile: ${said}`);
  }
  const { code, stdout } = await compileTask(["--help"], scratch, {});
  assertEquals([code, stdout.split("\n")[0]], [
    0,
    "deno task compile [--target TARGET | --all] [--out DIR]",
  ]);
});

Deno.test("failureText() is one line, with every cause", () => {
  const said =
    "error: Writing deno compile executable\n\nCaused by:\n    0: Writing binary bytes\n" +
    "    1: Invalid object: Failed to parse PE\n\nStack backtrace:\n   0: <unknown>\n";
  assertEquals(
    failureText("x86_64-pc-windows-msvc", said, "/deno"),
    "Cannot compile for x86_64-pc-windows-msvc: Writing binary bytes: Invalid object: Failed to parse PE",
  );
  const type = "error: TS2322 [ERROR]: Type 'string' is not assignable\n  at main.ts:1:1\n";
  assertEquals(
    failureText("aarch64-apple-darwin", type, "/deno"),
    "Cannot compile for aarch64-apple-darwin: TS2322 [ERROR]: Type 'string' is not assignable",
  );
});

Deno.test("chosen() keeps the way to the network, and nothing that would be baked in", () => {
  const env = { PATH: "/bin", HTTPS_PROXY: "http://proxy.test", OTEL_DENO: "true", SECRET: "x" };
  assertEquals(chosen(env), { PATH: "/bin", HTTPS_PROXY: "http://proxy.test" });
});

const denort = isTarget(Deno.build.target) ? baseRuntime(Deno.build.target) : null;

Deno.test({
  name: "the executable passes the smoke test" +
    (denort === null ? ` (left out: no base runtime for ${target} is on this machine)` : ""),
  ignore: denort === null,
  async fn(): Promise<void> {
    await using scratch = await makeScratch();
    const out = `${scratch.folder}/out`;
    const { code, stderr } = await compileTask(["--out", out], scratch, denort!);
    assertEquals([code, stderr], [0, ""]);
    const told: string[] = [];
    assertEquals([
      await smoke(
        [`${out}/${executableName(denoJson.version, target)}`],
        (line) => told.push(line),
      ),
      told,
    ], [0, told]);
  },
});
