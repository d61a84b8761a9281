import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FakeClock } from "../support/fake_clock.ts";
import { cli } from "../../src/cli/cli.ts";
import { helpText } from "../../src/cli/argv/help.ts";
import { makeTerminal, type Sink } from "../../src/cli/printed/terminal.ts";
import { VERSION } from "../../src/library/version.ts";
import { fakeSurroundings, MemorySink, settle } from "./fake_surroundings.ts";

Deno.test("cli() prints the help on standard output", async () => {
  const here = fakeSurroundings();
  assertEquals(await cli(["run", "--help"], here), 0);
  assertEquals(here.printed(), { out: `${helpText("run")}\n`, err: "" });
});

Deno.test("cli() prints the version", async () => {
  const here = fakeSurroundings();
  assertEquals(await cli(["--version"], here), 0);
  assertEquals(await cli(["version", "--json"], here), 0);
  assertEquals(
    here.printed().out,
    `doorward ${VERSION}\n{"name":"doorward","version":"${VERSION}"}\n`,
  );
});

Deno.test("cli() answers a command line that makes no sense with 2 and where to read", async () => {
  const here = fakeSurroundings();
  assertEquals(await cli(["strat"], here), 2);
  assertEquals(here.printed(), {
    out: "",
    err: 'doorward: Unknown command "strat": did you mean "start"?\nSee doorward --help\n',
  });
});

Deno.test("cli() names the help of the command that was meant", async () => {
  const here = fakeSurroundings();
  assertEquals(await cli(["run", "--alow", "x"], here), 2);
  assertStringIncludes(here.printed().err, "\nSee doorward run --help\n");
});

Deno.test("cli() does not let an argument steer the terminal", async () => {
  const here = fakeSurroundings();
  await cli(["\x1b]0;owned\x07"], here);
  assertStringIncludes(here.printed().err, 'Unknown command "\\u001b]0;owned\\u0007"');
});

for (const name of ["start", "run", "explain", "env"]) {
  Deno.test(`${name} answers a faulty configuration with 125 and every fault`, async () => {
    const here = fakeSurroundings();
    const rest = { start: [], run: ["true"], explain: ["a.test"], env: [] }[name]!;
    const flags = ["-c", "network.via=3", "-c", "network.nope=1"];
    assertEquals(await cli([name, ...flags, ...rest], here), 125);
    const lines = here.printed().err.trimEnd().split("\n");
    assertEquals(lines.map((line) => line.split(": ").slice(0, 2)), [
      ["doorward", "-c"],
      ["doorward", "-c"],
    ]);
    assertEquals(here.proxies.length, 0);
  });
}

Deno.test("cli() tells a bug in one line, without a stack", async () => {
  const here = fakeSurroundings({
    startProxy: () => {
      throw new TypeError("x is not a function");
    },
  });
  assertEquals(await cli(["start"], here), 125);
  assertMatch(
    here.printed().err,
    /^doorward: internal error: TypeError: x is not a function\n$/,
  );
});

Deno.test("cli() ends with its answer though nobody reads standard output any more", async () => {
  const gone: Sink = {
    write: () => Promise.reject(new Deno.errors.BrokenPipe("Broken pipe")),
    isTerminal: () => false,
  };
  const here = {
    ...fakeSurroundings(),
    terminal: makeTerminal(gone, gone, false, new FakeClock()),
  };
  assertEquals(await cli(["env"], here), 0);
});

Deno.test("cli() does not wait for ever for a reader of standard error", async () => {
  const stuck: Sink = { write: () => new Promise(() => {}), isTerminal: () => false };
  const fake = fakeSurroundings();
  const here = { ...fake, terminal: makeTerminal(new MemorySink(), stuck, false, new FakeClock()) };
  const code = cli(["nonsense"], here);
  await settle();
  fake.clock.advance(1000);
  assertEquals(await code, 2);
});
