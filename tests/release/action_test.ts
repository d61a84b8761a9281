// The GitHub Action, its steps run as a runner does: with variables, and an empty job.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parse } from "@std/yaml/parse";
import denoJson from "../../deno.json" with { type: "json" };
import { type Needed, testClient } from "../support/client_world.ts";
import { curl } from "../support/clients.ts";
import { doorwardWords } from "../support/doorward_cli.ts";
import { type Ended, runProgram, whereIs } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { greet, startWebOrigin } from "../support/web_origin.ts";
import { startReleases } from "./releases.ts";

/** What of action.yml a runner looks at. */
interface Action {
  readonly inputs: Readonly<
    Record<string, { readonly required?: boolean; readonly default?: string }>
  >;
  readonly runs: { readonly steps: readonly Step[] };
}

interface Step {
  readonly name: string;
  readonly if?: string;
  readonly run: string;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
}

const folder = `${import.meta.dirname}/../../.github`;
const action = parse(await Deno.readTextFile(`${folder}/action.yml`)) as Action;
const [installing, running] = action.runs.steps as [Step, Step];

Deno.test("action.yml: an input is a variable, and never a part of a script", () => {
  for (const { run, env, shell } of action.runs.steps) {
    assertEquals([run.includes("${{"), shell], [false, "bash"]);
    const named = Object.values(env).map((value) =>
      /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(value)?.[1]
    );
    assertEquals(
      named.filter((name) => name === undefined || action.inputs[name] === undefined),
      [],
    );
  }
  assertEquals(installing.if, "inputs.program == ''");
});

testAction("runs the command, ends as it does, and appends a summary", async (job) => {
  await using origin = startWebOrigin(greet, { hostname: "127.0.0.2" });
  const command =
    `curl -sS http://127.0.0.2:${origin.port}/\necho done: $1\ncurl -sS -o /dev/null \\
  http://blocked.test/\nexit 7\necho never`;
  const allow = "\n  127.0.0.2\n*.example.com\n";
  const { code, stdout, stderr } = await job.run({ command, allow });
  assertEquals([code, stdout], [7, "hello from the origin\ndone:\n"], stderr);
  assertEquals(origin.requests, ["GET / via doorward"]);
  const summary = await job.read("summary");
  assertMatch(summary, /^what was there\n## Doorward\n/);
  assertStringIncludes(summary, `| \`127.0.0.2:${origin.port}\` | 1 |`);
  assertStringIncludes(summary, "- 2 decisions: 1 allowed, 1 blocked, 0 asked about\n");
  assertStringIncludes(summary, "doorward run --allow blocked.test -- COMMAND");
  const [, audit] = /^audit-file=(\S+)\n$/.exec(await job.read("output")) ?? [];
  const labels = (await Deno.readTextFile(audit!)).trim().split("\n")
    .map((line) => JSON.parse(line)["doorward.label"]);
  assertEquals(new Set(labels), new Set(["build"]));
});

testAction("obeys deny, mode and config, and a failing command fails the step", async (job) => {
  await using origin = startWebOrigin(greet, { hostname: "127.0.0.2" });
  const host = "127.0.0.2";
  const command = `curl -sSf -X DELETE http://${host}:${origin.port}/ | cat\necho never`;
  const config = await job.scratch.write(
    "job/doorward.toml",
    `[network]
enabled = true
allowed_domains = ["${host}"]
`,
  );
  for (const inputs of [{ allow: host, mode: "limited" }, { allow: host, deny: host }, {}]) {
    const { code, stdout } = await job.run({ command, ...inputs });
    assertEquals([code, stdout], [CURL_HTTP_ERROR, ""], JSON.stringify(inputs));
  }
  assertEquals(origin.requests, []);
  const { code } = await job.run({ command, config });
  assertEquals([code, origin.requests], [0, ["DELETE / via doorward"]]);
});

testAction("does not let an input out of its place", async (job) => {
  const trap = `$(touch '${job.scratch.folder}/pwned')"; touch '${job.scratch.folder}/pwned'; "`;
  for (const input of ["allow", "deny", "mode", "config", "summary"]) {
    await job.run({ command: "true", [input]: trap });
  }
  await job.install({ version: trap }, "http://127.0.0.1:9");
  assertEquals(await Deno.stat(`${job.scratch.folder}/pwned`).then(() => true, () => false), false);
  // An option in the place of a host is a host, and no good one.
  const { code, stderr } = await job.run({ command: "true", allow: "--config=/etc/passwd" });
  assertEquals(code, 125);
  assertStringIncludes(stderr, 'bad host pattern "--config=/etc/passwd"');
});

testAction("keeps its variables to itself, and writes no summary when told not to", async (job) => {
  const { code, stdout } = await job.run({
    command: "env | grep -c DOORWARD_ACTION",
    summary: "false",
  });
  assertEquals([code, stdout], [1, "0\n"]);
  assertEquals(await job.read("summary"), "what was there\n");
});

testAction("says so when there is nothing to sum up, and when summing up fails", async (job) => {
  assertEquals((await job.run({ command: "true" })).code, 0);
  assertStringIncludes(await job.read("summary"), "There are no records");
  const broken = await job.script("broken", "case $1 in run) exit 3 ;; *) exit 1 ;; esac");
  const { code, stdout } = await job.run({ command: "true", program: broken });
  assertEquals([code, stdout.slice(0, 9)], [3, "::warning"]);
});

testAction("installs the release of its own version, or another one", async (job) => {
  const own = denoJson.version;
  await using releases = await startReleases(["9.0.0", own, "9.9.9"], job.scratch);
  for (const [inputs, version] of [[{}, own], [{ version: "9.0.0" }, "9.0.0"]] as const) {
    const { code, stderr } = await job.install(inputs, releases.server.url);
    assertEquals(code, 0, stderr);
    const file = `${job.scratch.folder}/temp/doorward/bin/doorward`;
    const { stdout } = await runProgram([file], job.scratch);
    assertStringIncludes(stdout, `doorward-${version}-`);
    assert((await job.run({ command: "true", program: "" })).stdout.includes(`-${version}-`));
  }
});

/** What curl ends with at an answer of 400 and more, when told to fail. */
const CURL_HTTP_ERROR = 22;

type Inputs = Readonly<Record<string, string>>;

/** A job whose steps are run one after the other. */
interface Job {
  readonly scratch: Scratch;
  /** Runs the step that installs, with a place to install from. */
  install(inputs: Inputs, releases: string): Promise<Ended>;
  /** Runs the step that runs the command; the program is this Doorward unless it is named. */
  run(inputs: Inputs): Promise<Ended>;
  /** What was written to the summary, or the output. */
  read(file: "summary" | "output"): Promise<string>;
  /** Writes a program. Resolves to its path. */
  script(name: string, text: string): Promise<string>;
}

function testAction(name: string, test: (job: Job) => Promise<void>): void {
  const bash: Needed = { name: "bash", program: whereIs("bash"), wanted: "bash" };
  testClient(bash.program === null ? bash : curl, `action.yml ${name}`, async () => {
    await using scratch = await makeScratch();
    await test(await makeJob(scratch));
  });
}

async function makeJob(scratch: Scratch): Promise<Job> {
  const script = async (name: string, text: string) => {
    const path = await scratch.write(`programs/${name}`, `#!/bin/sh\n${text}\n`);
    await Deno.chmod(path, 0o755);
    return path;
  };
  const words = doorwardWords("doorward", []).map((word) => `'${word}'`).join(" ");
  const doorward = await script("doorward", `exec ${words} "$@"`);
  const cwd = `${scratch.folder}/job`;
  await scratch.write("temp/.keep", "");
  await scratch.write("job/.keep", "");
  await scratch.write("summary", "what was there\n");
  await scratch.write("output", "");
  const variables = {
    ...scratch.env,
    GITHUB_ACTION_PATH: folder,
    GITHUB_JOB: "build",
    GITHUB_OUTPUT: `${scratch.folder}/output`,
    GITHUB_STEP_SUMMARY: `${scratch.folder}/summary`,
    RUNNER_TEMP: `${scratch.folder}/temp`,
  };
  const runStep = async ({ run, env }: Step, inputs: Inputs, more: Inputs = {}) => {
    const given = Object.entries(env).map(([name, value]) => {
      const input = value.slice("${{ inputs.".length, -" }}".length);
      return [name, inputs[input] ?? action.inputs[input]?.default ?? ""];
    });
    const file = await scratch.write("step.sh", run);
    return await runProgram(["bash", "--noprofile", "--norc", "-eo", "pipefail", file], {
      cwd,
      env: { ...variables, ...Object.fromEntries(given), ...more },
    });
  };
  return {
    scratch,
    install: (inputs, releases) => runStep(installing, inputs, { DOORWARD_RELEASES: releases }),
    run: (inputs) => runStep(running, { program: doorward, ...inputs }),
    read: (file) => Deno.readTextFile(`${scratch.folder}/${file}`),
    script,
  };
}
