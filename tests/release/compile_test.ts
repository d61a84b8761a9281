// With the runtime of the tests in the place of the base runtime everything is done but the start of the outcome.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import denoJson from "../../deno.json" with { type: "json" };
import { sourceGraph } from "../npm/source_graph.ts";
import { NO_POSIX } from "../support/machine.ts";
import { type Ended, runProgram, startProgram } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { sha256Of } from "./checksums.ts";
import { baseRuntime } from "./base_runtime.ts";
import { failureText, PERMISSIONS } from "./compile.ts";
import { chosen } from "./deno.ts";
import { type Embedded, embeddedIn } from "./embedded.ts";
import { embeddedPackages, type Lock } from "./lock.ts";
import { smoke } from "./smoke.ts";
import { executableName, isTarget, type Target } from "./targets.ts";

const root = new URL("../../", import.meta.url);
const lock: Lock = JSON.parse(await Deno.readTextFile(new URL("deno.lock", root)));
const folder = import.meta.dirname!;
const main = `${folder}/main.ts`;
const target = Deno.build.target as Target;
const name = executableName(denoJson.version, target);

Deno.test("deno task compile: what is in the executable", async (t) => {
  await using scratch = await makeScratch();
  const baked = { OTEL_DENO: "true", DENO_V8_FLAGS: "--max-old-space-size=64" };
  const out = `${scratch.folder}/out`;
  const ended = await compileTask(["--out", out], scratch, {
    DENORT_BIN: Deno.execPath(),
    ...baked,
  });
  assertEquals([ended.code, ended.stderr], [0, ""]);
  assertStringIncludes(ended.stdout, `Compiling for ${target} …\n  ${out}/${name}: `);
  const sum = await sha256Of(`${out}/${name}`);
  assertEquals(await Deno.readTextFile(`${out}/SHA256SUMS`), `${sum}  ${name}\n`);
  const { metadata, files } = await embeddedIn(`${out}/${name}`);
  const graph = await sourceGraph(
    ["main.ts", ...denoJson.compile.include],
    (path) => Deno.readTextFile(new URL(path, root)),
  );

  await t.step("the permissions, and no more", () => {
    assertEquals(granted(metadata), {
      allow_env: [],
      allow_net: [],
      allow_read: [],
      allow_run: [],
      allow_sys: ["networkInterfaces", "uid"],
      allow_write: [],
      deny_import: [],
      prompt: false,
    });
  });

  await t.step("the features of deno.json, and nothing of the environment", () => {
    // deno-lint-ignore no-explicit-any -- as the compiler writes it
    const { unstable_config, otel_config, v8_flags } = metadata as any;
    assertEquals(unstable_config.features, denoJson.unstable);
    assertEquals([otel_config.tracing_enabled, otel_config.metrics_enabled], [false, false]);
    assert(!JSON.stringify(v8_flags).includes("max-old-space-size"));
    assertEquals(metadata.env_vars_from_env_file, {});
    // A cache in a folder that everybody may write to could bring code along.
    assertEquals(metadata.code_cache_key, null);
    assertEquals([metadata.argv, metadata.app_name], [[], "doorward"]);
  });

  await t.step("every module that is reached, the workers' among them, and no test", async () => {
    const missing = [...graph.files].filter(([path]) => !files.has(path));
    // What is imported for its types alone has no code.
    assertEquals(missing.filter(([, text]) => /^export (?!type|interface)/m.test(text)), []);
    const own = [...files.keys()].filter((path) => !path.startsWith(PACKAGES));
    assertEquals(own.filter((path) => path !== "main.ts" && !path.startsWith("src/")), []);
    assert(files.has("src/library/workers/worker.ts"));
  });

  await t.step("every file of the dashboard, as it is", async () => {
    for await (const { name } of Deno.readDir(new URL("src/admin/dashboard/", root))) {
      const path = `src/admin/dashboard/${name}`;
      const embedded = new TextDecoder().decode(files.get(path));
      assertEquals(embedded, await Deno.readTextFile(new URL(path, root)));
    }
  });

  await t.step("the packages that the list of parts names, and no other", () => {
    const folders = [...files.keys()].flatMap((path) => PACKAGE_REGEXP.exec(path)?.[1] ?? []);
    const named = embeddedPackages(lock, denoJson.imports, graph.packages);
    assertEquals(
      [...new Set(folders)].sort(),
      named.map(({ name, version }) => `${name}/${version}`).sort(),
    );
  });

  await t.step("the same bytes as of another clone, made at another time", async () => {
    const clone = `${scratch.folder}/clone`;
    for (const path of CLONED) await copyTree(`${folder}/../../${path}`, `${clone}/${path}`);
    const other = `${scratch.folder}/other`;
    const task = `${clone}/tests/release/main.ts`;
    const env = { DENORT_BIN: Deno.execPath() };
    assertEquals((await compileTask(["--out", other], scratch, env, task)).code, 0);
    assertEquals(await Deno.readTextFile(`${other}/SHA256SUMS`), `${sum}  ${name}\n`);
  });

  await t.step(
    "is what does the work: it passes the smoke test, outside of the executable",
    async () => {
      const folder = `${scratch.folder}/unpacked`;
      await unpack({ metadata, files }, folder);
      const words = [Deno.execPath(), "run", "--quiet", "--cached-only", ...PERMISSIONS];
      const told: string[] = [];
      const code = await smoke([...words, `${folder}/main.ts`], (line) => told.push(line));
      assertEquals([code, told.filter((line) => !line.startsWith("ok  "))], [0, []]);
      await Deno.remove(`${folder}/src/library/workers/worker.ts`);
      told.length = 0;
      assertEquals(await smoke([...words, `${folder}/main.ts`], (line) => told.push(line)), 1);
      assertMatch(told.at(-1)!, /^not ok {2}start serves with workers/);
    },
  );
});

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
    const words = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-all", main];
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
    assertEquals([await smoke([`${out}/${name}`], (line) => told.push(line)), told], [0, told]);
  },
});

/** Where packages of npm are in an executable. */
const PACKAGES = ".deno_compile_node_modules/localhost/";
const PACKAGE_REGEXP = /^\.deno_compile_node_modules\/localhost\/((?:@[^/]+\/)?[^/]+\/[^/]+)\//;

async function compileTask(
  args: readonly string[],
  scratch: Scratch,
  env: Readonly<Record<string, string>>,
  task = main,
): Promise<Ended> {
  const words = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-all", task, ...args];
  const tmp = `${scratch.folder}/tmp`;
  await Deno.mkdir(tmp, { recursive: true });
  return await runProgram(words, { env: { ...scratch.env, TMPDIR: tmp, TEMP: tmp, ...env } });
}

/** What of a clone the compilation needs. */
const CLONED = ["main.ts", "deno.json", "deno.lock", "src", "types", "tests/npm", "tests/release"];

const OTHER_TIME = new Date("2001-02-03T04:05:06Z");

async function copyTree(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) {
    await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
    await Deno.copyFile(from, to);
    return await Deno.utime(to, OTHER_TIME, OTHER_TIME);
  }
  for await (const { name } of Deno.readDir(from)) {
    await copyTree(`${from}/${name}`, `${to}/${name}`);
  }
}

/** What was granted or refused, without what was left open. */
function granted({ permissions }: Embedded["metadata"]): Record<string, unknown> {
  const entries = Object.entries(permissions as Record<string, unknown>);
  // Where from code could be loaded by default: all of that is denied.
  return Object.fromEntries(
    entries.filter(([name, value]) => value !== null && name !== "allow_import"),
  );
}

/** Writes what is embedded into a folder, with the settings that the executable has. */
async function unpack({ metadata, files }: Embedded, folder: string): Promise<void> {
  for (const [path, bytes] of files) {
    if (path.startsWith(PACKAGES)) continue;
    await Deno.mkdir(`${folder}/${path.slice(0, path.lastIndexOf("/") + 1)}`, { recursive: true });
    await Deno.writeFile(`${folder}/${path}`, bytes);
  }
  // deno-lint-ignore no-explicit-any -- as the compiler writes it
  const { workspace_resolver, unstable_config } = metadata as any;
  const { imports } = JSON.parse(workspace_resolver.import_map.json);
  const settings = { imports, unstable: unstable_config.features };
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(settings));
  await Deno.copyFile(new URL("deno.lock", root), `${folder}/deno.lock`);
}
