import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { type Config, type ConfigSource, loadConfig } from "../../src/config/config.ts";
import { LiveConfig } from "../../src/config/live_config.ts";
import { loadRequirements } from "../../src/config/requirements/load_requirements.ts";
import { parseRequirements } from "../../src/config/requirements/loaded_requirements.ts";
import { compilePolicy } from "../../src/policy/compile.ts";
import { AdminError } from "../../src/proxy/admin_error.ts";
import { eventsOf } from "../support/feed.ts";
import { makeLive, type TestLive } from "../support/live_policy.ts";
import { connectTo } from "../support/policy.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

/** A configuration that is in force, and the file that it is from. */
interface World extends AsyncDisposable {
  readonly live: LiveConfig;
  readonly base: TestLive;
  readonly scratch: Scratch;
  readonly file: string;
  readonly told: string[];
  /** Writes the file; null removes it. */
  write(text: string | null): Promise<void>;
  read(): Promise<string>;
  verdict(host: string): string;
}

interface WorldOptions {
  readonly source?: Partial<ConfigSource>;
  /** Where rules are written into; the file unless said otherwise. */
  readonly ruleFile?: string | null;
  /** What comes before each reading. */
  readonly before?: (reading: number) => Promise<void>;
  /** How many connections each replacement closes. */
  readonly closing?: number;
}

const START = `# Ours.
[network]
enabled = true
mode = "full" # for now
ask = true
allowed_domains = [
  "a.test", # the first
]
denied_domains = ["d.test"]
`;

async function makeWorld(text: string | null, options: WorldOptions = {}): Promise<World> {
  const scratch = await makeScratch();
  const file = scratch.configFile;
  const write = async (text: string | null) => {
    if (text === null) await Deno.remove(file);
    else await Deno.writeTextFile(file, text);
  };
  if (text !== null) await write(text);
  const source = { overrides: [], allow: [], deny: [], homeFile: file, ...options.source };
  const config = await loadConfig(source);
  const base = makeLive({
    policy: compilePolicy(config.policy),
    replaced: () => options.closing ?? 0,
  });
  const told: string[] = [];
  let readings = 0;
  const live = new LiveConfig({
    config,
    load: async () => {
      const reading = ++readings;
      const loaded: Config = await loadConfig(source);
      await options.before?.(reading);
      return loaded;
    },
    policyOf: (config) => config.policy,
    policy: base.live,
    feed: base.feed,
    file: options.ruleFile === undefined ? file : options.ruleFile,
    now: () => base.clock.now(),
    tell: (line) => told.push(line),
  });
  return {
    live,
    base,
    scratch,
    file,
    told,
    write,
    read: () => Deno.readTextFile(file),
    verdict: (host) => base.live.current.decide(connectTo(host)).verdict,
    async [Symbol.asyncDispose](): Promise<void> {
      base[Symbol.dispose]();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

async function refusal(doing: Promise<unknown>): Promise<AdminError> {
  return await assertRejects(() => doing, AdminError);
}

Deno.test("reload() puts another file into force, and tells what changed", async () => {
  await using world = await makeWorld(START, { closing: 1 });
  world.base.clock.advance(5000);
  await world.write(START.replace("a.test", "b.test").replace('"full"', '"limited"'));
  const changed = ["mode limited", "allow +b.test", "allow -a.test"];
  assertEquals((await world.live.reload()).changed, changed);
  assertEquals([world.verdict("b.test"), world.verdict("a.test")], ["deny", "ask"]);
  assertEquals(world.live.config.network.mode, "limited");
  assertEquals(world.live.network["allowed_domains"], ["b.test"]);
  assertEquals(world.live.loadedAt, world.base.clock.now() / 1000);
  const told = `reloaded, generation 2: ${changed.join(", ")}; closed 1 connection`;
  assertEquals(world.told, [told]);
  assertEquals(await eventsOf(world.base.feed, "reload"), [
    { type: "reload", generation: 2, ok: true, changed },
  ]);
});

Deno.test("reload() keeps what was changed since the start", async () => {
  await using world = await makeWorld(START);
  world.base.add("now.test");
  await world.write(START.replace("a.test", "b.test"));
  await world.live.reload();
  assertEquals(world.verdict("now.test"), "allow");
  assertEquals(world.base.live.counts.runtime, 1);
});

Deno.test("reload() tells who asked that nothing changed, and nobody else", async () => {
  await using world = await makeWorld(START, { closing: 2 });
  assertEquals((await world.live.reload("watch")).changed, []);
  assertEquals(world.told, []);
  assertEquals((await world.live.reload()).changed, []);
  assertEquals(world.told, ["reloaded, generation 3: no change; closed 2 connections"]);
  assertEquals((await eventsOf(world.base.feed, "reload")).length, 1);
});

Deno.test("reload() knows on which line a rule stands by now", async () => {
  await using world = await makeWorld(START);
  await world.write(`\n\n${START}`);
  await world.live.reload("watch");
  assertEquals(world.base.live.saying("allow", "a.test").map(({ line }) => line), [9]);
});

const FAULTY = START.replace('"full"', '"fulll"').replace("ask = true", "ask = 1");

Deno.test("reload() keeps the policy before while the file has a fault, and shows that", async () => {
  await using world = await makeWorld(START);
  const { current } = world.base.live;
  world.base.clock.advance(2000);
  await world.write(FAULTY.replace("a.test", "b.test"));
  const error = await refusal(world.live.reload());
  assertEquals(error.code, "reload_failed");
  assertEquals(error.message, "Cannot reload: generation 1 stays in force");
  assert(world.base.live.current === current);
  assertEquals(world.live.config.network.allowed_domains, ["a.test"]);
  const { fault } = world.live;
  assertEquals([fault?.at, fault?.message], [world.base.clock.now() / 1000, error.message]);
  assertEquals(fault?.faults.map(({ file, line }) => [file, line]), [
    [world.file, 4],
    [world.file, 5],
  ]);
  assertEquals(error.more, { faults: fault?.faults });
  assertEquals(await eventsOf(world.base.feed, "reload"), [{
    type: "reload",
    generation: 1,
    ok: false,
    message: error.message,
    faults: fault!.faults,
  }]);
  assertEquals(world.told[0], error.message);
  assertStringIncludes(world.told[1]!, `${world.file}:4:8: `);
  assertEquals(world.told.length, 3);
});

Deno.test("reload() forgets the fault once it is mended, and says so though nothing changed", async () => {
  await using world = await makeWorld(START);
  await world.write(FAULTY);
  await refusal(world.live.reload("watch"));
  await world.write(START);
  assertEquals((await world.live.reload("watch")).changed, []);
  assertEquals(world.live.fault, null);
  assertEquals(world.told.at(-1), "reloaded, generation 2: no change");
  assertEquals((await eventsOf(world.base.feed, "reload")).map(({ ok }) => ok), [false, true]);
});

Deno.test("reload() takes a file that is gone for a fault, and not for an empty policy", async () => {
  await using world = await makeWorld(START);
  await world.write(null);
  const { more } = await refusal(world.live.reload());
  assertEquals(more["faults"], [{
    file: world.file,
    line: null,
    column: null,
    message: "this file is gone; put it back, or restart Doorward to run without it",
  }]);
  assertEquals(world.verdict("d.test"), "deny");
});

Deno.test("reload() misses every file that it has read, and not the main one alone", async () => {
  const systemFile = await Deno.makeTempFile();
  await Deno.writeTextFile(systemFile, "[network]\nmode = 'limited'\n");
  await using world = await makeWorld(START.replace(/mode.*/, ""), { source: { systemFile } });
  assertEquals(world.live.config.network.mode, "limited");
  await Deno.remove(systemFile);
  const { more } = await refusal(world.live.reload());
  assertEquals((more["faults"] as { file: string }[]).map(({ file }) => file), [systemFile]);
  assertEquals(world.live.config.network.mode, "limited");
});

Deno.test("reload() takes up a file that was not there at the start", async () => {
  await using world = await makeWorld(null);
  assertEquals(world.live.sources, ["built-in"]);
  await world.write(START);
  await world.live.reload();
  assertEquals(world.live.sources, [world.file]);
  assertEquals(world.verdict("a.test"), "allow");
});

Deno.test("reload() refuses the whole of a file that changes what is settled", async () => {
  await using world = await makeWorld(START);
  const { current } = world.base.live;
  await world.write(
    `${START.replace("a.test", "b.test")}via = false\n[network.limits]\nconnections = 7\n`,
  );
  const { more } = await refusal(world.live.reload());
  const messages = more["faults"] as readonly { readonly message: string }[];
  assertEquals(messages.map(({ message }) => message.split(" ")[0]), [
    '"via"',
    '"limits.connections"',
  ]);
  assert(world.base.live.current === current);
  assertEquals(world.live.config.network.via, true);
});

Deno.test("reload() does not name what went wrong with a program for a fault of the file", async () => {
  await using world = await makeWorld(START, {
    before: () => Promise.reject(new TypeError("odd")),
  });
  const error = await refusal(world.live.reload());
  assertEquals(error.message, "Cannot reload: generation 1 stays in force: odd");
  assertEquals(error.more, { faults: [] });
});

Deno.test("reload() of many at once ends with the last", async () => {
  const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const readings: number[] = [];
  await using world = await makeWorld(START, {
    before: (reading) => {
      readings.push(reading);
      return gates[reading - 1]!.promise;
    },
  });
  const write = (host: string) => world.write(START.replace("a.test", host));
  await write("first.test");
  const reloads = [world.live.reload(), world.live.reload(), world.live.reload()];
  // The last is free to go; it waits for its turn.
  gates[2]!.resolve();
  gates[0]!.resolve();
  await reloads[0];
  await write("last.test");
  gates[1]!.resolve();
  await Promise.all(reloads);
  assertEquals(readings, [1, 2, 3]);
  assertEquals([world.verdict("last.test"), world.verdict("first.test")], ["allow", "ask"]);
});

Deno.test("reload() goes on after one that failed", async () => {
  await using world = await makeWorld(START, {
    before: (reading) => reading === 1 ? Promise.reject(new Error("once")) : Promise.resolve(),
  });
  const first = refusal(world.live.reload());
  const second = world.live.reload();
  await first;
  assertEquals(await second, { changed: [], closed: 0 });
  assertEquals(world.live.fault, null);
});

Deno.test("parsePattern() reads a pattern as the file would be read", async () => {
  await using world = await makeWorld(START);
  assertEquals((await world.live.parsePattern("a.test")).kind, "rule_pattern");
  assertEquals((await world.live.parsePattern("*.com")).kind, "bad");
});

Deno.test("persist() writes a rule, puts it into force, and leaves the rest as it is", async () => {
  await using world = await makeWorld(START);
  await world.live.persist("allow", "new.test:443");
  assertEquals(
    await world.read(),
    START.replace("# the first\n", '# the first\n  "new.test:443",\n'),
  );
  assertEquals(world.verdict("new.test"), "allow");
  await world.live.persist("deny", "a.test");
  assertEquals(world.verdict("a.test"), "deny");
  assertStringIncludes(await world.read(), 'denied_domains = ["d.test", "a.test"]\n');
});

Deno.test("persist() makes the file where there is none, and asks as before", async () => {
  await using world = await makeWorld(null);
  assertEquals(world.verdict("b.test"), "ask");
  await world.live.persist("allow", "a.test");
  assertEquals([world.verdict("a.test"), world.verdict("b.test")], ["allow", "ask"]);
  assertEquals(world.live.sources, [world.file]);
});

Deno.test("persist() does not begin to ask where a file says nothing of the network", async () => {
  await using world = await makeWorld("# Nothing yet.\n");
  assertEquals(world.live.config.network.ask, false);
  await world.live.persist("allow", "a.test");
  assertEquals([world.verdict("a.test"), world.verdict("b.test")], ["allow", "deny"]);
  assertEquals(world.live.config.network.ask, false);
});

Deno.test("persist() writes no second policy beside that of a profile", async () => {
  const profile = `default_permissions = "p"\n[permissions.p.network]\nenabled = true\n`;
  await using world = await makeWorld(profile);
  const { code, message } = await refusal(world.live.persist("allow", "b.test"));
  assertEquals(code, "cannot_write");
  assertStringIncludes(message, "[permissions.p.network]: write the rule there");
  assertEquals(await world.read(), profile);
});

Deno.test("persist() writes no policy beside that of the sandbox mode", async () => {
  const sandbox =
    'sandbox_mode = "workspace-write"\n[sandbox_workspace_write]\nnetwork_access = true\n';
  await using world = await makeWorld(sandbox);
  const { code, message } = await refusal(world.live.persist("allow", "b.test"));
  assertEquals([code, message], [
    "cannot_write",
    "Cannot write the rule: the policy is that of the sandbox mode: write the rule there",
  ]);
  assertEquals(await world.read(), sandbox);
});

Deno.test("persist() of two at once loses neither", async () => {
  await using world = await makeWorld(START);
  await Promise.all(["b.test", "c.test"].map((host) => world.live.persist("allow", host)));
  assertEquals([world.verdict("b.test"), world.verdict("c.test")], ["allow", "allow"]);
});

/** What became of the file meanwhile: no rule is written into it, and none comes into force. */
const SPOILT: readonly (readonly [string, string | null])[] = [
  ["is no TOML", "[network\n"],
  ["has a fault", FAULTY],
  ["changes what is settled", `${START}via = false\n`],
  ["is gone", null],
];

for (const [what, text] of SPOILT) {
  Deno.test(`persist() and withdraw() change nothing where the file ${what}`, async () => {
    await using world = await makeWorld(START);
    const { current } = world.base.live;
    await world.write(text);
    assertEquals((await refusal(world.live.persist("allow", "b.test"))).code, "cannot_write");
    assertEquals((await refusal(world.live.withdraw("allow", "a.test"))).code, "cannot_write");
    assertEquals(await world.read().catch(() => null), text);
    assert(world.base.live.current === current);
  });
}

Deno.test("persist() says that there is no file for it", async () => {
  await using world = await makeWorld(START, { ruleFile: null });
  const error = await refusal(world.live.persist("allow", "b.test"));
  assertEquals([error.code, error.message], [
    "cannot_write",
    "Cannot write the rule: there is no file of Doorward's own",
  ]);
  assertEquals(await world.read(), START);
});

Deno.test("persist() writes nothing that a flag would hide", async () => {
  const source = { overrides: ['network.allowed_domains=["c.test"]'] };
  await using world = await makeWorld(START, { source });
  const error = await refusal(world.live.persist("allow", "b.test"));
  assertEquals(error.code, "cannot_write");
  assertStringIncludes(error.message, "gives the whole list, whatever the file says");
  assertEquals(await world.read(), START);
  await world.live.persist("deny", "b.test");
  assertEquals(world.verdict("b.test"), "deny");
});

/** What a file for all users says, what the user's own does, and the rule that is to be written into the second. */
const BELOW: readonly (readonly [string, string | null, "allow" | "deny"])[] = [
  ['denied_domains = ["evil.test"]', null, "deny"],
  ['denied_domains = ["evil.test"]', '[network]\nmode = "full"\n', "deny"],
  ['domains = { "evil.test" = "deny" }', null, "deny"],
  ['domains = { "evil.test" = "deny" }', null, "allow"],
  ['domains = { "evil.test" = "deny" }', '[network]\nmode = "full"\n', "allow"],
  ['allowed_domains = ["a.test"]', null, "allow"],
];

for (const [lines, text, list] of BELOW) {
  Deno.test(`persist() hides no list of another file: ${list} over ${lines} and ${text}`, async () => {
    await using other = await makeScratch();
    const systemFile = await other.write("system.toml", `[network]\nenabled = true\n${lines}\n`);
    await using world = await makeWorld(text, { source: { systemFile } });
    const { policy } = world.live.config;
    const { code, message } = await refusal(world.live.persist(list, "b.test"));
    assertEquals(code, "cannot_write");
    assertStringIncludes(message, `${systemFile}:3:1 has the list, and one in `);
    assertEquals(await world.read().catch(() => null), text);
    assertEquals(world.live.config.policy, policy);
  });
}

Deno.test("persist() makes a file beside one that has the other list, and hides nothing of it", async () => {
  await using other = await makeScratch();
  const text = '[network]\nenabled = true\ndenied_domains = ["evil.test"]\n';
  const systemFile = await other.write("system.toml", text);
  await using world = await makeWorld(null, { source: { systemFile } });
  await world.live.persist("allow", "*.test");
  const verdicts = ["evil.test", "b.test", "b.example"].map((host) => world.verdict(host));
  assertEquals(verdicts, ["deny", "allow", "deny"]);
});

Deno.test("withdraw() takes a rule out of the file and out of force, and leaves the rest", async () => {
  await using world = await makeWorld(START);
  assertNotEquals(await world.live.withdraw("deny", "d.test"), null);
  assertEquals(await world.read(), START.replace('"d.test"', ""));
  assertEquals(world.verdict("d.test"), "ask");
});

Deno.test("withdraw() takes out every spelling of a rule", async () => {
  const text =
    '[network]\nask = true\nenabled = true\nallowed_domains = ["A.test", "b.test", "a.test.", "A.test"]\n';
  await using world = await makeWorld(text);
  assertNotEquals(await world.live.withdraw("allow", "a.test"), null);
  assertEquals([world.verdict("a.test"), world.verdict("b.test")], ["ask", "allow"]);
});

Deno.test("withdraw() leaves alone what the file does not say", async () => {
  await using world = await makeWorld(START);
  world.base.add("now.test");
  for (const host of ["now.test", "other.test", "d.test"]) {
    assertEquals(await world.live.withdraw("allow", host), null);
  }
  assertEquals(await world.read(), START);
});

const NAMED = START.replace("allowed_domains", 'presets = ["npm"]\nallowed_domains');

Deno.test("withdraw() leaves a preset alone, and says where it is named", async () => {
  await using world = await makeWorld(NAMED);
  const error = await refusal(world.live.withdraw("allow", "registry.npmjs.org"));
  assertEquals([error.code, error.message], [
    "configured",
    `Cannot withdraw "registry.npmjs.org": it is part of a preset (${world.file}:6:12, preset npm); ` +
    "deny it, or take the preset out of the file",
  ]);
  assertEquals(await world.read(), NAMED);
  // What stands beside it goes as ever.
  assertNotEquals(await world.live.withdraw("allow", "a.test"), null);
});

Deno.test("persist() writes a host that a preset has, too, if it is asked to", async () => {
  await using world = await makeWorld(NAMED);
  await world.live.persist("allow", "registry.npmjs.org");
  assertStringIncludes(await world.read(), '  "registry.npmjs.org",\n');
});

Deno.test("reload() tells the hosts of a preset that comes, and that goes", async () => {
  await using world = await makeWorld(NAMED);
  await world.write(NAMED.replace('"npm"', '"openai"'));
  const changed = ["allow +api.openai.com", "allow -registry.npmjs.org"];
  assertEquals((await world.live.reload()).changed, changed);
  assertEquals([world.verdict("api.openai.com"), world.verdict("registry.npmjs.org")], [
    "allow",
    "ask",
  ]);
  assertEquals(world.live.network["presets"], ["openai"]);
});

Deno.test("reload() refuses a preset that does not exist, and keeps the one before", async () => {
  await using world = await makeWorld(NAMED);
  await world.write(NAMED.replace('"npm"', '"nmp"'));
  assertEquals((await refusal(world.live.reload())).code, "reload_failed");
  assertStringIncludes(world.live.fault!.faults[0]!.message, 'did you mean "npm"?');
  assertEquals(world.verdict("registry.npmjs.org"), "allow");
});

Deno.test("withdraw() cannot take back a flag, nor the half of a rule that the file has", async () => {
  await using world = await makeWorld(START, { source: { allow: ["a.test", "f.test"] } });
  for (const host of ["a.test", "f.test"]) {
    const error = await refusal(world.live.withdraw("allow", host));
    assertEquals([error.code, error.message], [
      "configured",
      `Cannot withdraw "${host}": it was given as --allow, and ends with Doorward`,
    ]);
  }
  assertEquals([await world.read(), world.verdict("a.test")], [START, "allow"]);
});

Deno.test("persist() writes beside hosts that flags allow, into a file without a list", async () => {
  await using world = await makeWorld("[network]\nenabled = true\n", {
    source: { allow: ["f.test"] },
  });
  await world.live.persist("allow", "b.test");
  assertEquals([world.verdict("b.test"), world.verdict("f.test")], ["allow", "allow"]);
});

Deno.test("reload() takes new request rules and new secrets, all of them or none", async () => {
  const text = `[network]
enabled = true
mitm = true
allowed_domains = ["a.test"]
[network.rules]
"a.test" = { can = "read", inject = { A = { file = "SECRET" } } }
`;
  await using scratch = await makeScratch();
  const secret = await scratch.write("secret", "one");
  const written = text.replace("SECRET", secret);
  await using world = await makeWorld(written, { source: { env: {} } });
  const injected = (): string[] =>
    world.base.live.current.document.requestRules.flatMap(({ actions: { inject } }) =>
      inject.map(({ value }) => value())
    );
  assertEquals(injected(), ["one"]);
  await scratch.write("secret", "two");
  assertEquals((await world.live.reload()).changed, []);
  assertEquals(injected(), ["two"]);
  await world.write(
    `${written.replace("read", "write")}"b.test" = { inject = { A = { env = "T" } } }\n`,
  );
  const error = await refusal(world.live.reload());
  assertStringIncludes(JSON.stringify(error.more), "it is not set");
  assertEquals(world.base.live.current.document.requestRules.map(({ text }) => text), [
    "a.test read",
  ]);
  await world.write(written.replace("read", "write"));
  assertEquals((await world.live.reload()).changed, [
    "request rule +a.test write",
    "request rule -a.test read",
  ]);
  assertEquals(injected(), ["two"]);
  const reloads = await eventsOf(world.base.feed, "reload");
  const printed = JSON.stringify([world.live.network, world.told, reloads]);
  assertEquals(printed.includes("two"), false);
});

/** A world in which somebody requires what the function returns. */
function requiring(text: () => string): WorldOptions {
  return { source: { requirements: () => parseRequirements(text(), "required.toml") } };
}

const PINNED = '[experimental_network]\nmode = "limited"\nmanaged_allowed_domains_only = true\n' +
  'domains = { "managed.test" = "allow", "evil.test" = "deny" }\n';

Deno.test("what is required holds against whoever changes the policy while it runs", async () => {
  await using world = await makeWorld(START, requiring(() => PINNED));
  const before = await world.read();
  const refusals = [
    assertThrows(() => world.base.live.setMode("full"), AdminError),
    assertThrows(() => world.base.add("new.test"), AdminError),
    await assertRejects(() => world.live.persist("allow", "new.test"), AdminError),
    await assertRejects(() => world.live.withdraw("deny", "evil.test"), AdminError),
  ];
  assertEquals(refusals.map(({ code }) => code), ["required", "required", "required", "required"]);
  assertEquals(refusals.map(({ message }) => message), [
    "Cannot switch to full mode: network.mode constrained by managed config: " +
    "it is limited by required.toml:2:1",
    'Cannot allow "new.test": network.allowed_domains constrained by managed config: ' +
    "nothing can be added to the managed hosts by required.toml:3:1",
    "Cannot write the rule: network.allowed_domains constrained by managed config: " +
    "nothing can be added to the managed hosts by required.toml:3:1",
    'Cannot withdraw "evil.test": network.denied_domains constrained by managed config: ' +
    '"evil.test" is denied by required.toml:4:39',
  ]);
  assertEquals(await world.read(), before);
});

Deno.test("withdraw() cannot take out what stands in no file of the user", async () => {
  await using world = await makeWorld(START, requiring(() => PINNED));
  const error = await assertRejects(() => world.live.withdraw("allow", "managed.test"), AdminError);
  assertEquals([error.code, error.message], [
    "configured",
    'Cannot withdraw "managed.test": it is required by required.toml:4:13; deny it instead',
  ]);
});

Deno.test("what tightens may be changed under requirements, too", async () => {
  await using world = await makeWorld(START, requiring(() => PINNED.replace("limited", "full")));
  await world.live.persist("deny", "managed.test");
  assertEquals(world.verdict("managed.test"), "deny");
  await world.live.withdraw("deny", "managed.test");
  assertEquals(world.verdict("managed.test"), "allow");
});

Deno.test("a reload puts changed requirements into force, and takes back what they do not allow", async () => {
  let required = "";
  await using world = await makeWorld(START, requiring(() => required));
  world.base.add("new.test");
  assertEquals(world.verdict("new.test"), "allow");
  required = PINNED;
  const { changed } = await world.live.reload("watch");
  assertEquals(
    ["mode limited", "ask false", "allow +managed.test"].filter((each) => !changed.includes(each)),
    [],
  );
  assertEquals(world.base.live.rules.map(({ pattern }) => pattern), [
    "managed.test",
    "evil.test",
    "d.test",
  ]);
  assertEquals(world.live.network.mode, "limited");
});

Deno.test("what is required tightens at once, though some of it waits for a restart", async () => {
  let required = "";
  await using world = await makeWorld(START, requiring(() => required));
  required = '[experimental_network]\nhttp_port = 43128\ndomains = { "a.test" = "deny" }\n';
  await world.live.reload("watch");
  assertEquals(world.verdict("a.test"), "deny");
  const { fault } = world.live;
  assertStringIncludes(fault!.message, "Restart Doorward: ");
  assertEquals(fault!.faults.map(({ file, line }) => [file, line]), [["required.toml", 2]]);
  assertStringIncludes(world.told.at(-1)!, '"proxy_url" cannot change while Doorward runs');
  // It goes on waiting, and nothing else with it.
  required = required.replace("a.test", "b.test");
  await world.live.reload("watch");
  assertEquals([world.verdict("b.test"), world.live.fault === null], ["deny", false]);
  required = "";
  await world.live.reload("watch");
  assertEquals(world.live.fault, null);
});

Deno.test("what a user changes and cannot holds up all of it, also under requirements", async () => {
  await using world = await makeWorld(START, requiring(() => PINNED));
  await world.write(`${START}via = false\n`);
  const { more } = await refusal(world.live.reload());
  assertEquals((more["faults"] as { file: string }[]).map(({ file }) => file), [world.file]);
});

Deno.test("reload() takes requirements that are gone for a fault, and not for none", async () => {
  await using other = await makeScratch();
  const systemFile = await other.write("requirements.toml", PINNED);
  const requirements = () =>
    loadRequirements({ systemFile, named: null }, AbortSignal.timeout(5000));
  await using world = await makeWorld(START, { source: { requirements } });
  await Deno.remove(systemFile);
  const { more } = await refusal(world.live.reload("watch"));
  assertEquals((more["faults"] as { file: string }[]).map(({ file }) => file), [systemFile]);
  assertEquals(world.live.network.mode, "limited");
  assertThrows(() => world.base.live.setMode("full"), AdminError);
});
