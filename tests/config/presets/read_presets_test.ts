import { assertEquals } from "@std/assert";
import { compilePolicy } from "../../../src/policy/compile.ts";
import type { Decision } from "../../../src/policy/decision.ts";
import { connectTo, httpTo } from "../../support/policy.ts";
import { faultsOf, load, noticesOf } from "../load.ts";

/** What becomes of a tunnel. */
async function tunnelTo(host: string, text: string): Promise<Decision> {
  return compilePolicy((await load(text)).policy).decide(connectTo(host));
}

/** What becomes of a request inside of one. */
async function asked(method: string, path: string, host: string, text: string): Promise<string> {
  const inside = { scheme: "https", protocol: "https_connect", method, path } as const;
  const decision = compilePolicy((await load(text)).policy).decide(httpTo(host, inside));
  return decision.verdict === "deny" ? decision.reason : decision.verdict;
}

/** The first lines of every file here. */
const ON = "[network]\nenabled = true\n";
const LOOKING = `${ON}mitm = true\n`;

Deno.test("readPresets() allows each host, and says which preset did, and where", async () => {
  const decision = await tunnelTo("files.pythonhosted.org", `${ON}presets = ["npm", "pypi"]\n`);
  const { text, origin } = decision.rule!;
  assertEquals([decision.verdict, text], ["allow", "files.pythonhosted.org"]);
  assertEquals([origin.line, origin.column, origin.preset], [3, 19, "pypi"]);
});

Deno.test("readPresets() allows no other host", async () => {
  const presets = `${ON}presets = ["npm"]\n`;
  for (const host of ["www.registry.npmjs.org", "npmjs.org", "pypi.org"]) {
    assertEquals((await tunnelTo(host, presets)).verdict, "deny", host);
  }
});

Deno.test("readPresets() leaves the last word to a denial", async () => {
  const denied = `${ON}presets = ["npm"]\ndenied_domains = ["registry.npmjs.org"]\n`;
  const decision = await tunnelTo("registry.npmjs.org", denied);
  assertEquals([decision.verdict, decision.verdict === "deny" && decision.reason], [
    "deny",
    "denied",
  ]);
  // That is how one host is left out: there is nothing to warn of.
  assertEquals(await noticesOf(denied), []);
});

Deno.test("readPresets() lets the list say it, too", async () => {
  const both = `${ON}presets = ["npm", "npm"]\nallowed_domains = ["registry.npmjs.org"]\n`;
  const decision = await tunnelTo("registry.npmjs.org", both);
  assertEquals([decision.verdict, decision.rule!.origin.line], ["allow", 4]);
  const { rules } = (await load(both)).policy;
  assertEquals(rules.map(({ origin: { line, column } }) => [line, column]), [[4, 20], [3, 12]]);
  assertEquals(await noticesOf(both), []);
});

Deno.test("readPresets() is enough of a policy", async () => {
  assertEquals(await noticesOf(`${ON}presets = ["npm"]\n`), []);
  assertEquals((await noticesOf(`${ON}presets = []\n`)).length, 1);
});

Deno.test("readPresets() takes a flag, whose rules have no line", async () => {
  const config = await load(null, { overrides: ['network.presets=["npm"]'] });
  assertEquals(config.policy.rules.map(({ origin }) => origin), [
    { file: "-c", line: null, column: null, preset: "npm" },
  ]);
});

/** What may be asked of hosts under `presets`, with a look into tunnels. */
const HELD: readonly (readonly [string, string, string, string, string, string])[] = [
  ["github:read", "", "GET", "/a/b", "github.com", "allow"],
  ["github:read", "", "POST", "/a/b/issues", "github.com", "mitm_hook_denied"],
  ["github:read", "", "POST", "/a/b.git/git-upload-pack", "github.com", "allow"],
  ["github:read", "", "POST", "/a/b.git/git-receive-pack", "github.com", "mitm_hook_denied"],
  ["github:read", "", "PUT", "/a", "raw.githubusercontent.com", "mitm_hook_denied"],
  ["github:read", "", "GET", "/a", "gist.github.com", "not_allowed"],
  ["github", "", "POST", "/a/b.git/git-receive-pack", "github.com", "allow"],
  ["github", "", "PUT", "/a", "raw.githubusercontent.com", "mitm_hook_denied"],
  ["homebrew", "", "POST", "/v2/", "ghcr.io", "mitm_hook_denied"],
  ["npm", "", "PUT", "/a", "registry.npmjs.org", "allow"],
  ["npm:read", "", "PUT", "/a", "registry.npmjs.org", "mitm_hook_denied"],
  // Of two presets the narrower holds, and so it does where a list names the host, too.
  ["npm:read", ', "npm"', "PUT", "/a", "registry.npmjs.org", "mitm_hook_denied"],
];

for (const [preset, more, method, path, host, answer] of HELD) {
  Deno.test(`readPresets() of "${preset}"${more}: ${method} ${host}${path}: ${answer}`, async () => {
    const text = `${LOOKING}presets = ["${preset}"${more}]\nallowed_domains = ["ghcr.io"]\n`;
    assertEquals(await asked(method, path, host, text), answer);
  });
}

Deno.test("readPresets() has tunnels looked into only where a host is held to reading", async () => {
  const text = `${LOOKING}presets = ["github:read", "npm"]\n`;
  assertEquals((await tunnelTo("github.com", text)).verdict, "inspect");
  assertEquals((await tunnelTo("registry.npmjs.org", text)).verdict, "allow");
});

Deno.test("readPresets() lets a rule of the file allow more", async () => {
  const rules =
    `${LOOKING}presets = ["github:read"]\n[network.rules]\n"github.com" = "git-push:me"\n`;
  const push = "/b.git/git-receive-pack";
  assertEquals(await asked("POST", `/me${push}`, "github.com", rules), "allow");
  assertEquals(await asked("POST", `/you${push}`, "github.com", rules), "mitm_hook_denied");
  assertEquals(await asked("GET", "/you/b", "github.com", rules), "allow");
});

Deno.test("readPresets() asks the rules of the file first, for what they strip and inject", async () => {
  const own = `${LOOKING}presets = ["github:read"]\n[network.rules]\n` +
    '"github.com" = { methods = ["GET"], strip = ["Cookie"] }\n';
  const { policy } = await load(own);
  const inside = { scheme: "https", protocol: "https_connect", method: "GET" } as const;
  const decision = compilePolicy(policy).decide(httpTo("github.com", inside));
  assertEquals(decision.verdict === "allow" && decision.request?.actions.strip, ["cookie"]);
});

Deno.test("readPresets() refuses to hold hosts to reading where nobody looks", async () => {
  assertEquals(await faultsOf(`${ON}presets = ["npm", "github:read"]\n`), [
    '3:19 the preset "github:read" only lets github.com and 6 more be read from, and that needs ' +
    "to see what tunnels carry: write mitm = true under [network]; without it, write the hosts " +
    'that you need into "allowed_domains"',
  ]);
  assertEquals(await faultsOf(`${ON}presets = ["npm:read"]\n`), [
    '3:12 the preset "npm:read" only lets registry.npmjs.org be read from, and that needs to see ' +
    'what tunnels carry: write mitm = true under [network]; without it, "npm" lets everything ' +
    "through",
  ]);
  // Its other hosts may be written to: one that is held is enough.
  assertEquals((await faultsOf(`${ON}presets = ["homebrew"]\n`)).length, 1);
});

Deno.test("readPresets() says when strangers read what is written", async () => {
  assertEquals(await noticesOf(`${LOOKING}presets = ["github"]\n`), [
    '4:12 the preset "github" lets commands write to github.com, where strangers read; ' +
    '"github:read" only reads',
  ]);
});

Deno.test("readPresets() tells every name that is no preset, with its place", async () => {
  assertEquals(await faultsOf(`${ON}presets = ["npm", "nmp", "cobol", 3]\n`), [
    '3:19 unknown preset "nmp": did you mean "npm"?',
    '3:26 unknown preset "cobol": "doorward presets" lists them',
    '3:35 "presets[3]" is 3: expected text in quotes',
  ]);
  assertEquals(await faultsOf(`${ON}presets = "npm"\n`), [
    '3:11 "presets" is "npm": expected a list, as in ["…"]',
  ]);
});
