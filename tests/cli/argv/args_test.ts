import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseCommand } from "../../../src/cli/argv/args.ts";
import type { Command } from "../../../src/cli/argv/command.ts";
import { NO_FLAGS } from "../../support/policy_flags.ts";

/** With nothing said of them. */
const START = { name: "start", label: null } as const;
const RUN = { name: "run", label: null, execPolicyHint: null, attempt: null } as const;

const LEARN = { name: "learn", label: null, out: null, json: false } as const;

/** Command lines without the program's name, and what they ask for. */
const READ: readonly (readonly [readonly string[], Command])[] = [
  [[], { ...START, policy: NO_FLAGS, quiet: false }],
  [["-q"], { ...START, policy: NO_FLAGS, quiet: true }],
  [["start", "--quiet"], { ...START, policy: NO_FLAGS, quiet: true }],
  [["--config", "a.toml"], {
    ...START,
    policy: { ...NO_FLAGS, file: "a.toml" },
    quiet: false,
  }],
  [["--config=a=b.toml", "start"], {
    ...START,
    policy: { ...NO_FLAGS, file: "a=b.toml" },
    quiet: false,
  }],
  // Options before the command count as those after it; the later wins, or adds.
  [["--config", "a", "-c", "x=1", "start", "-c", "y=2", "--config", "b"], {
    ...START,
    policy: { ...NO_FLAGS, file: "b", overrides: ["x=1", "y=2"] },
    quiet: false,
  }],
  [["start", "-cnetwork.mode=limited", "--set", 'a = "b=c"'], {
    ...START,
    policy: { ...NO_FLAGS, overrides: ["network.mode=limited", 'a = "b=c"'] },
    quiet: false,
  }],
  [["start", "--allow", "a.test", "--allow=b.test:8443", "--deny", "*.c.test", "--mode", "full"], {
    ...START,
    policy: { ...NO_FLAGS, allow: ["a.test", "b.test:8443"], deny: ["*.c.test"], mode: "full" },
    quiet: false,
  }],
  [["run", "--", "curl", "-sS", "--config", "x"], {
    ...RUN,
    policy: NO_FLAGS,
    quiet: false,
    words: ["curl", "-sS", "--config", "x"],
  }],
  // The first word that is no option begins the command, even without "--".
  [["run", "--allow", "a.test", "curl", "-q", "--allow", "b.test"], {
    ...RUN,
    policy: { ...NO_FLAGS, allow: ["a.test"] },
    quiet: false,
    words: ["curl", "-q", "--allow", "b.test"],
  }],
  // The child's own "--" is the child's.
  [["run", "git", "checkout", "--", "file"], {
    ...RUN,
    policy: NO_FLAGS,
    quiet: false,
    words: ["git", "checkout", "--", "file"],
  }],
  [["run", "--", "git", "checkout", "--", "file"], {
    ...RUN,
    policy: NO_FLAGS,
    quiet: false,
    words: ["git", "checkout", "--", "file"],
  }],
  // A flag takes no word away from the command, though /bin/true looks like a boolean.
  [["run", "--quiet", "true"], { ...RUN, policy: NO_FLAGS, quiet: true, words: ["true"] }],
  [["run", "-q", "false"], { ...RUN, policy: NO_FLAGS, quiet: true, words: ["false"] }],
  // Words stay text: 0x10 is no number, an empty argument is an argument.
  [["run", "0x10", "", "1e3"], {
    ...RUN,
    policy: NO_FLAGS,
    quiet: false,
    words: ["0x10", "", "1e3"],
  }],
  [["run", "--", "-"], { ...RUN, policy: NO_FLAGS, quiet: false, words: ["-"] }],
  [["doctor"], { name: "doctor", policy: NO_FLAGS, quiet: false, json: false }],
  [["-q", "doctor", "--json"], { name: "doctor", policy: NO_FLAGS, quiet: true, json: true }],
  [["check"], { name: "check", policy: NO_FLAGS, quiet: false, json: false }],
  [["check", "a.toml", "--json"], {
    name: "check",
    policy: { ...NO_FLAGS, file: "a.toml" },
    quiet: false,
    json: true,
  }],
  [["completions", "zsh"], { name: "completions", shell: "zsh" }],
  [["man"], { name: "man" }],
  [["check", "--", "-strange.toml"], {
    name: "check",
    policy: { ...NO_FLAGS, file: "-strange.toml" },
    quiet: false,
    json: false,
  }],
  [["explain", "http://a.test/x", "-X", "POST", "--no-lookup"], {
    name: "explain",
    policy: NO_FLAGS,
    quiet: false,
    json: false,
    target: "http://a.test/x",
    method: "POST",
    lookup: false,
  }],
  [["explain", "-XDELETE", "a.test", "--json"], {
    name: "explain",
    policy: NO_FLAGS,
    quiet: false,
    json: true,
    target: "a.test",
    method: "DELETE",
    lookup: true,
  }],
  [["env", "--shell", "zsh"], {
    name: "env",
    policy: NO_FLAGS,
    quiet: false,
    json: false,
    shell: "sh",
  }],
  [["env", "--shell=pwsh", "--json"], {
    name: "env",
    policy: NO_FLAGS,
    quiet: false,
    json: true,
    shell: "powershell",
  }],
  [["ca", "path"], { name: "ca", policy: NO_FLAGS, quiet: false, json: false, action: "path" }],
  [["ca", "--json", "show"], {
    name: "ca",
    policy: NO_FLAGS,
    quiet: false,
    json: true,
    action: "show",
  }],
  [["config", "schema", "-q"], {
    name: "config",
    policy: NO_FLAGS,
    quiet: true,
    json: false,
    action: "schema",
  }],
  [["ca", "install-hint"], {
    name: "ca",
    policy: NO_FLAGS,
    quiet: false,
    json: false,
    action: "install-hint",
  }],
  [["connect", "a.test", "22"], {
    name: "connect",
    policy: NO_FLAGS,
    quiet: false,
    target: { host: { kind: "name", name: "a.test" }, port: 22 },
    proxy: null,
  }],
  [["connect", "a.test:22", "--proxy", "http://me@b.test:1"], {
    name: "connect",
    policy: NO_FLAGS,
    quiet: false,
    target: { host: { kind: "name", name: "a.test" }, port: 22 },
    proxy: {
      endpoint: { host: { kind: "name", name: "b.test" }, port: 1 },
      authorization: `Basic ${btoa("me:")}`,
    },
  }],
  [["version", "--json"], { name: "version", json: true }],
  [["--version"], { name: "version", json: false }],
  [["-V", "--json"], { name: "version", json: true }],
  [["--help"], { name: "help", of: null }],
  [["help"], { name: "help", of: null }],
  [["help", "run"], { name: "help", of: "run" }],
  [["-h", "run"], { name: "help", of: "run" }],
  [["run", "--help"], { name: "help", of: "run" }],
  [["explain", "-qh"], { name: "help", of: "explain" }],
  [["start", "--label", "desk"], { ...START, policy: NO_FLAGS, quiet: false, label: "desk" }],
  [["run", "--label", "a b", "--attempt=a-1", "--exec-policy-hint", "ok: prefix", "true"], {
    name: "run",
    policy: NO_FLAGS,
    quiet: false,
    label: "a b",
    attempt: "a-1",
    execPolicyHint: "ok: prefix",
    words: ["true"],
  }],
  [["learn", "curl"], { ...LEARN, policy: NO_FLAGS, quiet: false, words: ["curl"] }],
  [["learn", "--out", "a.toml", "--json", "--label=b", "--deny", "c.test", "--", "curl", "-x"], {
    ...LEARN,
    policy: { ...NO_FLAGS, deny: ["c.test"] },
    quiet: false,
    out: "a.toml",
    json: true,
    label: "b",
    words: ["curl", "-x"],
  }],
  [["run", "curl", "--help"], {
    ...RUN,
    policy: NO_FLAGS,
    quiet: false,
    words: ["curl", "--help"],
  }],
];

for (const [argv, expected] of READ) {
  Deno.test(`parseCommand() reads ${JSON.stringify(argv)}`, () => {
    assertEquals(parseCommand(argv), expected);
  });
}

/** Command lines that make no sense, and a part of what is said about them. */
const REFUSED: readonly (readonly [readonly string[], string])[] = [
  [["strat"], 'Unknown command "strat": did you mean "start"?'],
  [["xyzzy"], 'Unknown command "xyzzy"'],
  [["constructor"], 'Unknown command "constructor"'],
  [["learn", "--out=-", "true"], 'Cannot write to "-": standard output is the command\'s'],
  [["learn", "--label", "a\nb", "true"], "Cannot use this --label"],
  [["learn"], '"doorward learn" needs a command'],
  [["learn", "--mode", "full", "--attempt", "a", "true"], '"doorward learn" takes no --attempt'],
  [["help", "rn"], 'Unknown command "rn": did you mean "run"?'],
  [["--alow", "a.test"], 'Unknown option "--alow": did you mean "--allow"?'],
  [["start", "--__proto__=1"], 'Unknown option "--__proto__"'],
  [["start", "--constructor"], 'Unknown option "--constructor"'],
  [["start", "-x"], 'Unknown option "-x"'],
  [["start", "-qx"], 'Unknown option "-x"'],
  [["check", "a", "--shel"], 'Unknown option "--shel": did you mean "--shell"?'],
  [["start", "--json"], '"doorward start" takes no --json'],
  [["--shell", "sh", "check"], '"doorward check" takes no --shell'],
  [["start", "--config"], 'Option "--config" needs a value'],
  [["start", "--config="], 'Option "--config" needs a value'],
  [["start", "--config", ""], 'Option "--config" needs a value'],
  [["start", "--allow", "--", "x"], 'Option "--allow" needs a value'],
  [["start", "--allow", "--deny", "x"], 'Option "--allow" needs a value'],
  [["run", "--label", "a\nb", "true"], "Cannot use this --label"],
  [["run", "--exec-policy-hint", "x".repeat(201), "true"], "Cannot use this --exec-policy-hint"],
  [["run", "--attempt", "a:b", "true"], "Cannot use this --attempt"],
  [["start", "--attempt", "a", "true"], '"doorward start" takes no --attempt'],
  [["start", "-c"], 'Option "--set" (-c) needs a value: --set=KEY=VALUE'],
  [["start", "--quiet=yes"], 'Option "--quiet" takes no value'],
  [["start", "--mode", "open"], 'Unknown mode "open": there are full and limited'],
  [["start", "extra"], '"doorward start" takes no "extra"'],
  [["run"], '"doorward run" needs a command'],
  [["run", "--allow", "a.test"], '"doorward run" needs a command'],
  [["run", "--"], '"doorward run" needs a command'],
  [["run", "--", ""], '"doorward run" needs a command'],
  [["--", "curl"], 'No command before "--": did you mean "doorward run --"?'],
  [["run", "-sS", "curl"], 'Unknown option "-s"'],
  [["doctor", "ports"], '"doorward doctor" takes no "ports"'],
  [["check", "a", "b"], '"doorward check" takes no second "b"'],
  [["check", "a", "--config", "b"], 'Cannot check two files: "b" and "a"'],
  [["explain"], '"doorward explain" needs more: doorward explain URL'],
  [["explain", "a", "b"], '"doorward explain" takes no second "b"'],
  [["ca"], '"doorward ca" needs more: doorward ca path|show|install-hint'],
  [["config"], '"doorward config" needs more: doorward config show|schema'],
  [["config", "schema", "x"], '"doorward config" takes no second "x"'],
  [["config", "shema"], 'Cannot do "shema" with the configuration: did you mean "schema"?'],
  [["config", "paint"], 'Cannot do "paint" with the configuration: there are show, schema'],
  [["ca", "path", "show"], '"doorward ca" takes no second "show"'],
  [["ca", "shows"], 'Cannot do "shows" with the certificate authority: did you mean "show"?'],
  [
    ["completions"],
    '"doorward completions" needs more: doorward completions bash|zsh|fish|powershell',
  ],
  [["completions", "fisch"], 'Cannot complete in "fisch": did you mean "fish"?'],
  [["completions", "elvish"], 'Cannot complete in "elvish": there are bash, zsh, fish, powershell'],
  [["man", "run"], '"doorward man" takes no "run"'],
  [
    ["ca", "make"],
    'Cannot do "make" with the certificate authority: there are path, show, install-hint',
  ],
  [["env", "--shell", "csh"], 'Unknown shell "csh": there are sh, fish, powershell'],
  [["connect"], '"doorward connect" needs more: doorward connect HOST PORT'],
  [["connect", "a.test"], 'Cannot connect to "a.test": the port is missing'],
  [["connect", "a.test", "x"], 'Cannot connect to "a.test x": the port is not a plain decimal'],
  [["connect", "a.test", "0"], 'Cannot connect to "a.test 0": the port is not between'],
  [["connect", "", "22"], 'Cannot connect to " 22": the host is empty'],
  [["connect", "a b", "22"], 'Cannot connect to "a b 22": it has a space'],
  [["connect", "a.test", "22", "23"], '"doorward connect" takes no third "23"'],
  [["connect", "a.test", "22", "--allow", "b"], '"doorward connect" takes no --allow'],
  [
    ["connect", "a.test", "22", "--proxy", "https://me:secret@b.test:1"],
    "Cannot read the URL of --proxy: only http:// proxies can be used here",
  ],
  [
    ["run", "--requirements", "a.toml", "--requirements=b.toml", "true"],
    "Cannot obey two --requirements: give one, and write what both require into it",
  ],
  [
    ["--requirements", "a.toml", "check", "--requirements", "a.toml"],
    "Cannot obey two --requirements",
  ],
  [["version", "now"], '"doorward version" takes no "now"'],
];

for (const [argv, message] of REFUSED) {
  Deno.test(`parseCommand() refuses ${JSON.stringify(argv)}`, () => {
    const command = parseCommand(argv);
    assertEquals(command.name, "usage");
    assertStringIncludes((command as { message: string }).message, message);
  });
}

Deno.test("parseCommand() says which command's help to read", () => {
  assertEquals((parseCommand(["run", "--nope"]) as { of: unknown }).of, "run");
  assertEquals((parseCommand(["--nope", "run"]) as { of: unknown }).of, null);
});
