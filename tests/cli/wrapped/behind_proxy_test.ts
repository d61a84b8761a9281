import { assertEquals } from "@std/assert";
import {
  runBehindProxy,
  type Wrapped,
  type Wrapping,
} from "../../../src/cli/wrapped/behind_proxy.ts";
import type { HappenedAudit } from "../../../src/audit/audit_record.ts";
import { loadConfig } from "../../../src/config/config.ts";
import { decisionAudit, memorySink } from "../../support/audit_records.ts";
import { type FakeOptions, fakeSurroundings } from "../fake_surroundings.ts";

const COMMAND: Wrapped = {
  words: ["tool"],
  quiet: true,
  label: "night",
  execPolicyHint: null,
  attempt: null,
};

/** Runs a command, and tells what became of it. */
async function runWith(change: Partial<Wrapping>, options: FakeOptions = {}) {
  const here = fakeSurroundings({
    spawn: () => ({ code: Promise.resolve(4), kill: () => {} }),
    ...options,
  });
  const source = {
    overrides: [],
    allow: [],
    deny: [],
    imposed: { systemFile: "/nonexistent/requirements.toml", named: null },
  };
  const config = await loadConfig(source);
  const ran = await runBehindProxy(COMMAND, {
    config,
    source,
    seen: new Map(),
    load: () => Promise.resolve(config),
    answerers: () => [],
    sinks: [],
    writesLater: false,
    record: () => {},
    ...change,
  }, here);
  return { ran, here };
}

Deno.test("runBehindProxy() tells the end of a command from what was never started", async () => {
  assertEquals((await runWith({})).ran, { started: true, code: 4 });
  const spawn = () => {
    throw new Deno.errors.NotFound("x");
  };
  const { ran, here } = await runWith({}, { spawn });
  assertEquals(ran, { started: false, code: 127 });
  assertEquals(here.proxies[0]!.shutdowns, [0]);
});

Deno.test("runBehindProxy() hands records to the sinks that it is given, and closes them", async () => {
  const records: HappenedAudit[] = [];
  let closed = 0;
  const sink = { ...memorySink(records), close: () => Promise.resolve(void (closed += 1)) };
  const record = decisionAudit();
  const { here } = await runWith({ sinks: [sink] });
  here.proxies[0]!.options.audit.sinks[0]!.write(record);
  assertEquals([records, closed], [[record], 1]);
  assertEquals(here.proxies[0]!.options.attribution.label, "night");
});

Deno.test("runBehindProxy() keeps the permission to write where a file is written later", async () => {
  for (const writesLater of [false, true]) {
    let givenUp = false;
    await runWith({ writesLater }, { giveUpWriting: () => void (givenUp = true) });
    assertEquals(givenUp, !writesLater);
  }
});

Deno.test("runBehindProxy() tells what went wrong once the command has ended, up to a point", async () => {
  const ended = Promise.withResolvers<number>();
  const spawn = () => ({ code: ended.promise, kill: () => {} });
  const { here } = await runWith({}, {
    spawn,
    startProxy: (options) => {
      for (let number = 0; number < 30; number++) options.diagnose(`trouble ${number}`);
      ended.resolve(0);
      return fakeSurroundings().startProxy(options);
    },
  });
  await here.terminal.err.flush();
  const lines = here.printed().err.trimEnd().split("\n");
  assertEquals([lines.length, lines.at(-1)], [20, "doorward: trouble 19"]);
});
