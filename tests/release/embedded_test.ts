// With the runtime of the tests in the place of the base runtime everything is done but the start of the outcome.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import denoJson from "../../deno.json" with { type: "json" };
import { sourceGraph } from "../npm/source_graph.ts";
import { makeScratch } from "../support/scratch.ts";
import { sha256Of } from "./checksums.ts";
import { PERMISSIONS } from "./compile.ts";
import { compileTask } from "./compile_task.ts";
import { type Embedded, embeddedIn } from "./embedded.ts";
import { embeddedPackages, type Lock } from "./lock.ts";
import { smoke } from "./smoke.ts";
import { executableName, type Target } from "./targets.ts";

const root = new URL("../../", import.meta.url);
const lock: Lock = JSON.parse(await Deno.readTextFile(new URL("deno.lock", root)));
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

  await t.step("every module that is reached, the workers' among them, and no test", () => {
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
    for (const path of CLONED) {
      await copyTree(`${import.meta.dirname}/../../${path}`, `${clone}/${path}`);
    }
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

/** Where packages of npm are in an executable. */
const PACKAGES = ".deno_compile_node_modules/localhost/";
const PACKAGE_REGEXP = /^\.deno_compile_node_modules\/localhost\/((?:@[^/]+\/)?[^/]+\/[^/]+)\//;

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
