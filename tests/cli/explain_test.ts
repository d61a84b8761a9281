import { assertEquals, assertObjectMatch } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import { ConnectError } from "../../src/net/errors.ts";
import { parseIp } from "../../src/net/address/ip.ts";
import type { Resolver, UnixSockets } from "../../src/net/ports.ts";
import { systemClock } from "../../src/net/system_clock.ts";
import { systemUnixSockets } from "../../src/net/unix_sockets.ts";
import { makeScratch } from "../support/scratch.ts";
import { configFile } from "./config_files.ts";
import { fakeSurroundings, settle } from "./fake_surroundings.ts";

/** A resolver with one answer. */
function answering(...ips: readonly string[]): Resolver {
  return () => Promise.resolve(ips.map((ip) => parseIp(ip)!));
}

async function explained(argv: readonly string[], resolve = answering("192.0.0.9")) {
  const here = fakeSurroundings({ resolve });
  const code = await cli(["explain", ...argv], here);
  return { code, ...here.printed() };
}

async function json(argv: readonly string[], resolve?: Resolver) {
  const { code, out } = await explained([...argv, "--json"], resolve);
  return { code, answer: JSON.parse(out) };
}

Deno.test("explain tells people the answer first, then the steps, then what to do", async () => {
  const { code, out } = await explained(["https://a.test/", "-c", "network.ask=false"]);
  assertEquals(code, 1);
  const lines = out.trimEnd().split("\n");
  assertEquals(
    lines[0],
    "blocked  CONNECT a.test:443  not_allowed: no allow rule names this host " +
      "(it is not denied either); the list of allowed hosts is empty",
  );
  assertEquals(lines.slice(1, -2).every((line) => line.startsWith("  ")), true);
  assertEquals(lines.slice(-2), [
    "to allow it once: doorward run -c network.ask=false --allow a.test -- COMMAND",
    'to allow it always: "a.test" in allowed_domains of a configuration file',
  ]);
});

Deno.test("explain names the rule that allows, its file and line, and where it would go", async () => {
  await using file = await configFile('[network]\nallowed_domains = ["*.a.test"]\n');
  const { code, out } = await explained(
    ["https://b.a.test", "--config", file.path],
    answering("8.8.8.8", "2606:4700::1"),
  );
  assertEquals(code, 0);
  assertEquals(
    out.split("\n")[0],
    `allowed  CONNECT b.a.test:443  by allow rule "*.a.test" at ${file.path}:2:20, ` +
      "to 8.8.8.8:443, [2606:4700::1]:443",
  );
});

Deno.test("explain tells programs the same", async () => {
  await using file = await configFile('[network]\ndenied_domains = ["a.test"]\n');
  const { code, answer } = await json(["http://a.test/x", "--config", file.path]);
  assertEquals(code, 1);
  assertObjectMatch(answer, {
    verdict: "deny",
    method: "GET",
    target: "http://a.test/x",
    host: "a.test",
    port: 80,
    protocol: "http",
    status: 403,
    reason: "denied",
    source: "baseline_policy",
    rule: { list: "deny", text: "a.test", file: file.path, line: 2, column: 19 },
    addresses: null,
    next_steps: ["a deny rule always wins: only removing it helps"],
    sources: [file.path],
  });
  assertEquals(Object.keys(answer.steps[0]), ["question", "answer", "rule"]);
});

Deno.test("explain takes --allow and --deny, so that one can try", async () => {
  assertEquals((await json(["a.test", "--allow", "a.test"], answering("8.8.8.8"))).code, 0);
  const { answer } = await json(["a.test", "--allow", "a.test", "--deny", "a.test"]);
  assertEquals(answer.rule, {
    list: "deny",
    text: "a.test",
    file: "--deny",
    line: null,
    column: null,
  });
});

Deno.test("explain asks about the method of a plain request", async () => {
  const limited = ["--mode", "limited", "--allow", "a.test"];
  assertEquals((await json(["http://a.test/", ...limited], answering("8.8.8.8"))).code, 0);
  const { code, answer } = await json(["http://a.test/", "-X", "POST", ...limited]);
  assertEquals([code, answer.reason], [1, "method_not_allowed"]);
  const tunnel = await json(["https://a.test/", ...limited]);
  assertEquals(tunnel.answer.reason, "mitm_required");
  assertEquals(
    tunnel.answer.next_steps[0],
    "to look into it once: doorward run -c network.mitm=true --allow a.test --mode limited -- COMMAND",
  );
});

Deno.test("explain judges every address of a name", async () => {
  const resolve = answering("8.8.8.8", "169.254.169.254");
  const { code, answer } = await json(["a.test", "--allow", "a.test"], resolve);
  assertEquals([code, answer.reason], [1, "not_allowed_local"]);
});

Deno.test("explain does not look up what the rules refuse", async () => {
  const never: Resolver = () => Promise.reject(new Error("looked up"));
  assertEquals((await json(["a.test"], never)).code, 1);
});

Deno.test("explain --no-lookup answers from the rules", async () => {
  const never: Resolver = () => Promise.reject(new Error("looked up"));
  const { code, answer } = await json(["a.test", "--allow", "a.test", "--no-lookup"], never);
  assertEquals([code, answer.verdict, answer.addresses], [0, "allow", null]);
});

Deno.test("explain --no-lookup still judges an address", async () => {
  const { answer } = await json(["10.0.0.1:22", "--allow", "10.0.0.1", "--no-lookup"]);
  assertEquals(answer.addresses, ["10.0.0.1:22"]);
});

Deno.test("explain says that a name cannot be resolved, as the proxy would", async () => {
  const fails: Resolver = (name) =>
    Promise.reject(new ConnectError("dns_failure", `Cannot resolve "${name}"`));
  const { code, answer } = await json(["a.test", "--allow", "a.test"], fails);
  assertEquals([code, answer.verdict, answer.status, answer.reason], [
    1,
    "unreachable",
    502,
    "dns_failure",
  ]);
  const { out } = await explained(["a.test", "--allow", "a.test"], fails);
  assertEquals(
    out.split("\n")[0],
    'failed  CONNECT a.test:443  dns_failure: the proxy would answer 502: Cannot resolve "a.test"',
  );
});

Deno.test("explain gives up on a look-up when the proxy would", async () => {
  const here = fakeSurroundings({
    resolve: (_name, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  });
  let asked = false;
  const started = Promise.withResolvers<void>();
  const watched = {
    ...here,
    resolve: ((name, signal) => {
      asked = true;
      started.resolve();
      return here.resolve(name, signal);
    }) as Resolver,
  };
  const code = cli(["explain", "--json", "a.test", "--allow", "a.test"], watched);
  await started.promise;
  here.clock.advance(6000);
  await settle();
  assertEquals([asked, await code], [true, 1]);
  assertObjectMatch(JSON.parse(here.printed().out), { reason: "dns_timeout", status: 504 });
});

Deno.test("explain leaves no timer behind", async () => {
  // The sanitizers of the test runner see to it.
  const here = { ...fakeSurroundings({ resolve: answering("8.8.8.8") }), clock: systemClock };
  assertEquals(await cli(["explain", "a.test", "--allow", "a.test"], here), 0);
});

Deno.test("explain says what the proxy would refuse to read", async () => {
  const { code, out } = await explained(["http://127.1/"]);
  assertEquals(code, 1);
  assertEquals(out.startsWith("refused  GET http://127.1/  would be refused with 400: "), true);
  const { answer } = await json(["http://127.1/"]);
  assertObjectMatch(answer, { verdict: "refused", status: 400, host: null, steps: [] });
});

Deno.test("explain knows Doorward's own listener", async () => {
  const { answer } = await json(["127.0.0.1:3128", "--allow", "127.0.0.1"]);
  assertEquals(answer.reason, "own_listener");
});

Deno.test("explain knows Doorward's listener for SOCKS5, while there is one", async () => {
  const words = ["127.0.0.1:8081", "--allow", "127.0.0.1"];
  assertEquals((await json(words)).answer.reason, "own_listener");
  const off = await json([...words, "-c", "network.enable_socks5=false"]);
  assertEquals(off.answer.verdict, "allow");
});

Deno.test("explain says that ask changes the answer to a question", async () => {
  const { code, answer } = await json(["a.test", "-c", "network.ask=true"]);
  assertEquals([code, answer.verdict, answer.status], [1, "ask", 403]);
});

Deno.test("explain says that the proxy is switched off", async () => {
  const { code, answer } = await json(["a.test", "-c", "network.enabled=false"]);
  assertEquals([code, answer.reason, answer.status], [1, "proxy_disabled", 503]);
});

/** The steps that tell how the network is reached, and the first line. */
async function route(env: Readonly<Record<string, string>>, resolve: Resolver, ...flags: string[]) {
  const here = fakeSurroundings({ env, resolve });
  const code = await cli(["explain", "https://a.test", "--allow", "a.test", ...flags], here);
  const { out, err } = here.printed();
  const lines = out.split("\n");
  const step = lines.find((line) => line.startsWith("  route"))?.replace(/^ +route +/, "");
  return { code, first: lines[0]!, step, out, err };
}

const CORP = { HTTPS_PROXY: "http://me:secret@proxy.corp:3128" };
const PUBLIC = answering("8.8.8.8");

Deno.test("explain tells by which proxy a request would leave, and no password", async () => {
  const { code, first, step, out } = await route(CORP, PUBLIC);
  assertEquals([code, step], [0, "through http://proxy.corp:3128 (HTTPS_PROXY)"]);
  assertEquals(first.endsWith(", through http://proxy.corp:3128 (HTTPS_PROXY)"), true, first);
  assertEquals(out.includes("secret"), false);
  assertEquals((await route({}, PUBLIC)).step, "direct");
  const named = await route({ ...CORP, NO_PROXY: "a.test" }, PUBLIC);
  assertEquals(named.step, "direct (NO_PROXY names it)");
  const near = await route(CORP, answering("10.0.0.1"));
  assertEquals(near.step, "direct (a local or private address)");
  const off = await route(CORP, PUBLIC, "-c", "network.allow_upstream_proxy=false");
  assertEquals(off.step, "direct");
});

Deno.test("explain knows that the proxy is no destination, by its name and by its address", async () => {
  for (const target of ["proxy.corp:3128", "8.8.8.8:3128", "b.test:3128"]) {
    const here = fakeSurroundings({ env: CORP, resolve: PUBLIC });
    const code = await cli(["explain", target, "--json", "--allow", target], here);
    const { verdict, reason, steps } = JSON.parse(here.printed().out);
    assertEquals([code, verdict, reason], [1, "deny", "upstream_proxy"], target);
    const { question, answer } = steps.at(-1);
    assertEquals([question, answer], ["upstream proxies", "this is one"]);
  }
});

Deno.test("explain lets an unknown name through only where a proxy would resolve it", async () => {
  const unknown = () => Promise.reject(new ConnectError("dns_failure", "Cannot resolve"));
  const through = await route(CORP, unknown);
  assertEquals([through.code, through.step], [0, "through http://proxy.corp:3128 (HTTPS_PROXY)"]);
  const direct = await route({}, unknown);
  assertEquals([direct.code, direct.step], [1, undefined]);
});

Deno.test("explain does not take variables that name Doorward for what Doorward goes through", async () => {
  for (
    const env of [
      { HTTPS_PROXY: "http://127.0.0.1:3128" },
      { ALL_PROXY: "socks5h://127.0.0.1:8081" },
      { HTTPS_PROXY: "http://127.0.0.1:40404", DOORWARD_ACTIVE: "1" },
    ]
  ) {
    const { code, step } = await route(env, PUBLIC);
    assertEquals([code, step], [0, "direct"]);
  }
});

Deno.test("explain refuses a configuration in which Doorward is its own proxy", async () => {
  const flag = 'network.upstream_proxy="http://127.0.0.1:3128"';
  const { code, err } = await route({}, PUBLIC, "-c", flag);
  assertEquals(code, 125);
  assertEquals(err.startsWith("doorward: -c: names Doorward itself (127.0.0.1:3128)"), true, err);
});

const ignore = Deno.build.os === "windows";

/** `explain` on a machine whose only port is that of these unix sockets; nothing is dialled. */
async function ofSocket(
  words: readonly string[],
  sockets: UnixSockets | null = systemUnixSockets("linux"),
) {
  const unixSockets: UnixSockets | null = sockets === null ? null : {
    ...sockets,
    dial: () => Promise.reject(new Error("explain connects to nothing")),
  };
  const here = { ...fakeSurroundings(), unixSockets };
  const code = await cli(["explain", ...words], here);
  const lines = here.printed().out.trimEnd().split("\n");
  const steps = lines.filter((line) => line.startsWith("  "))
    .map((line) => line.trim().replace(/ {2,}/, ": "));
  return { code, first: lines[0], steps, last: lines.filter((line) => !line.startsWith("  ")) };
}

Deno.test("explain tells where the path of an allowed unix socket leads", { ignore }, async () => {
  await using scratch = await makeScratch();
  const { folder } = scratch;
  await Deno.symlink(`${folder}/real.sock`, `${folder}/link.sock`);
  const text = `[network]\nenabled = true\nallow_unix_sockets = ["${folder}/real.sock"]\n`;
  await using file = await configFile(text);
  const asked = (path: string) => ofSocket([`unix:${path}`, "--config", file.path]);
  const place = `by allow_unix_sockets at ${file.path}:3:1, to ${folder}/real.sock`;
  assertEquals(await asked(`${folder}/link.sock`), {
    code: 0,
    first: `allowed  GET unix:${folder}/link.sock  ${place}`,
    steps: [
      "proxy: enabled",
      "mode: full: every method passes",
      `path: leads to ${folder}/real.sock`,
      `unix sockets: ${folder}/real.sock is allowed`,
    ],
    last: [`allowed  GET unix:${folder}/link.sock  ${place}`],
  });
  const direct = await asked(`//${folder}/real.sock`);
  assertEquals([direct.code, direct.steps[2]], [0, "path: no links in it"]);
  assertEquals(direct.first, `allowed  GET unix:${folder}/real.sock  ${place}`);
});

Deno.test("explain says how a unix socket can be allowed", { ignore }, async () => {
  const { code, first, steps, last } = await ofSocket(["unix:///no/such's.sock"]);
  assertEquals([code, first], [
    1,
    "blocked  GET unix:/no/such's.sock  not_allowed: not in allow_unix_sockets; the list is empty",
  ]);
  assertEquals(steps.at(-1), "unix sockets: no match");
  assertEquals(last.slice(1), [
    `to allow it once: doorward run -c 'network.allow_unix_sockets=["/no/such'\\''s.sock"]' ` +
    "-- COMMAND",
    `to allow it always: "/no/such's.sock" in allow_unix_sockets of a configuration file`,
  ]);
  const flag = 'network.allow_unix_sockets=["/no/b.sock"]';
  assertEquals((await ofSocket(["unix:/no/a.sock", "-c", flag])).last, [
    "blocked  GET unix:/no/a.sock  not_allowed: not in allow_unix_sockets",
    'to allow it: add "/no/a.sock" to allow_unix_sockets at -c',
  ]);
});

Deno.test("explain says that every unix socket is allowed, where it is", { ignore }, async () => {
  const all = ["-c", "network.dangerously_allow_all_unix_sockets=true"];
  const { code, first, steps } = await ofSocket(["unix:/no/a.sock", ...all]);
  assertEquals([code, first, steps.at(-1)], [
    0,
    "allowed  GET unix:/no/a.sock  by dangerously_allow_all_unix_sockets at -c, to /no/a.sock",
    "unix sockets: all are allowed",
  ]);
});

Deno.test("explain asks about the method before the path of a unix socket is looked at", async () => {
  const sockets: UnixSockets = {
    canonical: () => Promise.reject(new Error("This test resolves nothing")),
    dial: () => Promise.reject(new Error("This test dials nothing")),
    exists: () => Promise.resolve(true),
  };
  for (
    const [flags, reason, question] of [
      [["--mode", "limited"], "method_not_allowed", "mode"],
      [["-c", "network.enabled=false"], "proxy_disabled", "proxy"],
    ] as const
  ) {
    const asked = ["unix:/run/a.sock", "-X", "POST", ...flags];
    const { code, first, steps } = await ofSocket(asked, sockets);
    assertEquals(code, 1);
    assertEquals(first!.startsWith(`blocked  POST unix:/run/a.sock  ${reason}: `), true, first);
    assertEquals(steps.at(-1)!.startsWith(`${question}: `), true);
    assertEquals(new Set(steps).size, steps.length);
  }
});

Deno.test("explain refuses what is no path of a unix socket in the proxy's words", async () => {
  const { code, first, steps } = await ofSocket(["unix:@abstract"]);
  assertEquals([code, first], [
    1,
    "refused  GET unix:@abstract  would be refused with 400: Cannot use the x-unix-socket header: " +
    "abstract names cannot be reached, only paths",
  ]);
  assertEquals(steps.length, 2);
  const none = await ofSocket(["unix:/run/a.sock"], null);
  assertEquals(
    none.first,
    "refused  GET unix:/run/a.sock  would be refused with 501: " +
      "Cannot reach a unix socket: there are none on this system",
  );
});

Deno.test("explain tells of links that lead nowhere", { ignore }, async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/loop`;
  await Deno.symlink("loop", path);
  const blocked = await ofSocket([`unix:${path}`]);
  assertEquals([blocked.code, blocked.steps[2]], [1, "path: cannot be followed to a place"]);
  const all = ["-c", "network.dangerously_allow_all_unix_sockets=true"];
  assertEquals(
    (await ofSocket([`unix:${path}`, ...all])).first,
    `failed  GET unix:${path}  connection_failed: the proxy would answer 502: ` +
      `Cannot resolve the path "${path}"`,
  );
});

Deno.test("explain gives up on a path when the proxy would", async () => {
  const asked = Promise.withResolvers<void>();
  const unixSockets: UnixSockets = {
    canonical: () => {
      asked.resolve();
      return new Promise<string>(() => {});
    },
    dial: () => Promise.reject(new Error("explain connects to nothing")),
    exists: () => Promise.resolve(true),
  };
  const here = { ...fakeSurroundings(), unixSockets };
  const code = cli(["explain", "--json", "unix:/run/a.sock"], here);
  await asked.promise;
  here.clock.advance(60_000);
  assertEquals(await code, 1);
  assertObjectMatch(JSON.parse(here.printed().out), { reason: "connection_timeout", status: 504 });
});

Deno.test(
  "explain tells programs of a unix socket what a client would be told",
  { ignore },
  async () => {
    const here = { ...fakeSurroundings(), unixSockets: systemUnixSockets("linux") };
    assertEquals(await cli(["explain", "--json", "unix:/no/a.sock"], here), 1);
    assertObjectMatch(JSON.parse(here.printed().out), {
      verdict: "deny",
      method: "GET",
      target: "unix:/no/a.sock",
      host: "unix-socket",
      port: 0,
      protocol: "http",
      status: 403,
      reason: "not_allowed",
      rule: null,
      addresses: null,
      upstream_proxy: null,
    });
    const all = ["-c", "network.dangerously_allow_all_unix_sockets=true"];
    const there = { ...fakeSurroundings(), unixSockets: systemUnixSockets("linux") };
    assertEquals(await cli(["explain", "--json", "unix:/no/a.sock", ...all], there), 0);
    assertObjectMatch(JSON.parse(there.printed().out), {
      verdict: "allow",
      status: null,
      reason: null,
      rule: null,
      addresses: null,
      message: "by dangerously_allow_all_unix_sockets at -c, to /no/a.sock",
      next_steps: [],
    });
  },
);

const RULED = `[network]
mitm = true
allowed_domains = ["git.test", "api.test"]
[network.rules]
"git.test" = "read"
"api.test" = { methods = ["GET"], paths = ["/v1/"], inject = { Authorization = { env = "TOKEN" } } }
`;

Deno.test("explain asks about the request inside a tunnel that would be looked into", async () => {
  await using file = await configFile(RULED);
  const flags = ["--config", file.path, "--no-lookup"];
  const { code, out } = await explained(["https://git.test/o/r", ...flags]);
  assertEquals(code, 0);
  assertEquals(
    out.split("\n")[0],
    `allowed  GET https://git.test/o/r  by allow rule "git.test" at ${file.path}:3:20, by request ` +
      `rule "git.test read" at ${file.path}:5:1; not looked up, its addresses must pass, too`,
  );
  const push = ["https://git.test/o/r/git-receive-pack", "-X", "POST", ...flags];
  const blocked = await explained(push);
  assertEquals(blocked.code, 1);
  assertEquals(
    blocked.out.split("\n")[0],
    "blocked  POST https://git.test/o/r/git-receive-pack  mitm_hook_denied: no request rule for this " +
      "host allows this request; POST /o/r/git-receive-pack: a git push is more than the rule says: read",
  );
  const lines = blocked.out.split("\n").filter((line) => line.includes("request rules"));
  assertEquals(lines.map((line) => line.trim().split(/ {2,}/)[1]), [
    "1 for this host",
    "no match: POST /o/r/git-receive-pack: a git push is more than the rule says: read; " +
    `the nearest is "git.test read" (${file.path}:5:1)`,
  ]);
});

Deno.test("explain tells programs of the request rule, and needs no secret for it", async () => {
  await using file = await configFile(RULED);
  const flags = ["--config", file.path, "--no-lookup"];
  const { code, answer } = await json(["https://api.test/v1/x", ...flags]);
  assertEquals(code, 0);
  assertObjectMatch(answer, {
    method: "GET",
    target: "https://api.test/v1/x",
    host: "api.test",
    port: 443,
    protocol: "https_connect",
    request_rule: { text: "api.test GET /v1/", file: file.path, line: 6, column: 1 },
  });
  const missed = await json(["https://api.test/v1/x", "-X", "DELETE", ...flags]);
  assertEquals([missed.code, missed.answer.reason, missed.answer.request_rule], [
    1,
    "mitm_hook_denied",
    null,
  ]);
  assertEquals((await json(["http://api.test/v1/x", ...flags])).answer.reason, "mitm_hook_denied");
});

Deno.test("explain says what is refused inside a tunnel, where somebody looks", async () => {
  await using file = await configFile(RULED);
  const flags = ["--config", file.path, "--no-lookup", "-X", "GET IT"];
  assertEquals((await json(["https://git.test/", ...flags])).answer.verdict, "refused");
  const unseen = ["https://b.test/", "--allow", "b.test", ...flags];
  assertEquals((await json(unseen)).answer.verdict, "allow");
});
