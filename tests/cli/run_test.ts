import { assertEquals, assertStringIncludes } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import type { Spawn } from "../../src/cli/child.ts";
import { childEnv } from "../../src/library/env/child_env.ts";
import { parseIp } from "../../src/net/address/ip.ts";
import { blockedRecord } from "../support/blocked.ts";
import { makeScratch } from "../support/scratch.ts";
import { configFile } from "./config_files.ts";
import { type FakeSurroundings, fakeSurroundings, FREE_PORT } from "./fake_surroundings.ts";

const BLOCKED = blockedRecord({ timestamp: 1 });

interface Spawned {
  readonly here: FakeSurroundings;
  readonly calls: Parameters<Spawn>[];
}

/** A machine whose children end with `code`, after `during` has happened. */
function machine(
  code: number,
  during: (here: FakeSurroundings) => void = () => {},
  env: Record<string, string> = {},
): Spawned {
  const calls: Parameters<Spawn>[] = [];
  const here: FakeSurroundings = fakeSurroundings({
    env,
    spawn: (...call) => {
      calls.push(call);
      during(here);
      return { code: Promise.resolve(code), kill: () => {} };
    },
  });
  return { here, calls };
}

Deno.test("run ends with the child's exit code and prints nothing when nothing was blocked", async () => {
  const { here, calls } = machine(42);
  assertEquals(await cli(["run", "--", "tool", "--flag", "a b"], here), 42);
  assertEquals(calls[0]![0], ["tool", "--flag", "a b"]);
  assertEquals(here.printed(), { out: "", err: "" });
});

Deno.test("run refuses to connect past a Doorward that it runs behind, also when quiet", async () => {
  const { here, calls } = machine(0, () => {}, { DOORWARD_ACTIVE: "1" });
  assertEquals(await cli(["run", "-q", "--allow", "a.test", "--", "tool"], here), 125);
  assertEquals([calls.length, here.proxies.length], [0, 0]);
  assertEquals(here.printed().err.split("\n"), [
    'doorward: Cannot run "tool" behind Doorward a second time',
    "  what this proxy lets through would not all pass the one outside (DOORWARD_ACTIVE is set)",
    "  run the command by itself: it is behind that one already",
    "",
  ]);
});

Deno.test("run listens on a free loopback port, whatever is configured", async () => {
  const { here } = machine(0);
  await cli(["run", "-c", "network.proxy_url=http://127.0.0.1:99", "tool"], here);
  assertEquals(here.proxies[0]!.options.listen, { ip: parseIp("127.0.0.1")!, port: 0 });
});

/** Required ports, and where `run` listens for HTTP and for SOCKS5. */
const REQUIRED_PORTS: readonly (readonly [string, number, number | string | null])[] = [
  ["", 0, "shared"],
  ["http_port = 43128", 43128, "shared"],
  ["socks_port = 43129", 0, 43129],
  ["http_port = 43128\nsocks_port = 43129", 43128, 43129],
  ["http_port = 43128\nsocks_port = 43128", 43128, "shared"],
];

for (const [lines, http, socks] of REQUIRED_PORTS) {
  Deno.test(`run listens where it is required: ${JSON.stringify(lines)}`, async () => {
    await using file = await configFile(`[experimental_network]\n${lines}\n`);
    const { here } = machine(0);
    await cli(["run", "--requirements", file.path, "tool"], here);
    const { options } = here.proxies[0]!;
    const at = options.socks;
    assertEquals(options.listen, { ip: parseIp("127.0.0.1")!, port: http });
    assertEquals(typeof at === "object" ? at?.port : at, socks);
  });
}

Deno.test("run gives the child the variables of its proxy", async () => {
  const inherited = { NO_PROXY: "*", JAVA_TOOL_OPTIONS: "-Xmx1g" };
  const { here, calls } = machine(0, () => {}, inherited);
  await cli(["run", "tool"], here);
  const listener = { ip: parseIp("127.0.0.1")!, port: FREE_PORT };
  const connect = ["/opt/doorward", "connect", "--proxy", `http://127.0.0.1:${FREE_PORT}`];
  const facts = {
    listener,
    allProxy: null,
    allowLocalBinding: true,
    connect,
    secretVariables: [],
  };
  assertEquals(calls[0]![1], childEnv(inherited, facts));
});

Deno.test("run keeps from the child what request rules put into its requests", async () => {
  await using file = await configFile(`[network]
mitm = true
allowed_domains = ["a.test"]
rules = { "a.test" = { inject = { Authorization = { env = "TOKEN", prefix = "Bearer " } } } }
`);
  // The authority that interception needs is made in the home folder.
  await using scratch = await makeScratch();
  const inherited = { TOKEN: "s3cret", OTHER: "kept", DOORWARD_HOME: scratch.home };
  const { here, calls } = machine(0, () => {}, inherited);
  await cli(["run", "--config", file.path, "tool"], here);
  assertEquals([calls[0]![1]["TOKEN"], "OTHER" in calls[0]![1]], ["", false]);
  assertEquals(JSON.stringify(calls).includes("s3cret"), false);
  const [rule] = here.proxies[0]!.options.policy.current.document.requestRules;
  assertEquals(rule!.actions.inject.map(({ name, value }) => [name, value()]), [
    ["Authorization", "Bearer s3cret"],
  ]);
  assertEquals(JSON.stringify(here.printed()).includes("s3cret"), false);
});

/** Flags, where SOCKS5 listens, and what `ALL_PROXY` names. */
const SOCKS: readonly (readonly [readonly string[], "shared" | null, string])[] = [
  [[], "shared", "http"],
  [["network.all_proxy=socks5h"], "shared", "socks5h"],
  [["network.enable_socks5=false"], null, "http"],
  [["network.all_proxy=socks5h", "network.enable_socks5=false"], null, "http"],
];

for (const [flags, socks, scheme] of SOCKS) {
  Deno.test(`run with ${flags} has SOCKS5 ${socks} and names ${scheme} in ALL_PROXY`, async () => {
    const { here, calls } = machine(0);
    await cli(["run", "-q", ...flags.flatMap((flag) => ["-c", flag]), "tool"], here);
    assertEquals(here.proxies[0]!.options.socks, socks);
    const { ALL_PROXY, all_proxy, HTTPS_PROXY } = calls[0]![1];
    const expected = `${scheme}://127.0.0.1:${FREE_PORT}`;
    assertEquals([ALL_PROXY, all_proxy], [expected, expected]);
    assertEquals(HTTPS_PROXY, `http://127.0.0.1:${FREE_PORT}`);
  });
}

Deno.test("run makes its policy from --allow, --deny and --mode", async () => {
  const { here } = machine(0);
  await cli(["run", "--allow", "a.test", "--deny", "b.test", "--mode", "limited", "tool"], here);
  const { document } = here.proxies[0]!.options.policy.current;
  assertEquals(document.rules.map((rule) => [rule.list, rule.text]), [
    ["allow", "a.test"],
    ["deny", "b.test"],
  ]);
  assertEquals([document.mode, document.enabled], ["limited", true]);
});

Deno.test("run shuts its proxy down at once when the child ends", async () => {
  const { here } = machine(0);
  await cli(["run", "tool"], here);
  assertEquals(here.proxies[0]!.shutdowns, [0]);
});

Deno.test("run tells at the end what was blocked", async () => {
  const { here } = machine(1, (here) => {
    here.proxies[0]!.options.outside.record(BLOCKED, []);
    here.proxies[0]!.options.outside.record(BLOCKED, []);
  });
  assertEquals(await cli(["run", "--allow", "a.test", "curl", "https://b.test"], here), 1);
  assertEquals(
    here.printed().err,
    "doorward: blocked b.test:443 (not in the allowlist, 2 times) — allow it: " +
      "doorward run --allow a.test --allow b.test -- curl https://b.test\n",
  );
});

Deno.test("run tells how a unix socket joins those that are listed", async () => {
  const { here } = machine(0, (here) => {
    here.proxies[0]!.options.outside.record({ ...BLOCKED, host: "/no/a.sock", port: 0 }, []);
  });
  await cli(["run", "-c", 'network.allow_unix_sockets=["/no/b.sock"]', "tool"], here);
  assertEquals(
    here.printed().err,
    "doorward: blocked /no/a.sock (not in allow_unix_sockets) — allow it: " +
      'add "/no/a.sock" to allow_unix_sockets\n',
  );
});

Deno.test("run --quiet says nothing of its own", async () => {
  const during = (here: FakeSurroundings) => here.proxies[0]!.options.outside.record(BLOCKED, []);
  const { here } = machine(1, during, { HTTP_PROXY: "http://corp.test:1" });
  assertEquals(await cli(["run", "-q", "tool"], here), 1);
  assertEquals(here.printed(), { out: "", err: "" });
});

Deno.test("run leaves standard error to the child while it runs", async () => {
  const { here } = machine(0, (here) => {
    here.proxies[0]!.options.diagnose("Cannot serve 127.0.0.1:1");
    here.proxies[0]!.options.outside.record(BLOCKED, []);
    assertEquals(here.printed().err, "");
  });
  await cli(["run", "tool"], here);
  assertEquals(here.printed().err.split("\n")[0], "doorward: Cannot serve 127.0.0.1:1");
});

Deno.test("run warns before the child starts", async () => {
  const during = (here: FakeSurroundings) => {
    assertStringIncludes(here.printed().err, "doorward: warning: HTTP_PROXY is not used: socks4");
  };
  const { here, calls } = machine(0, during, { HTTP_PROXY: "socks4://corp.test:1" });
  assertEquals(await cli(["run", "tool"], here), 0);
  assertEquals(calls.length, 1);
});

Deno.test("run runs nothing where it is written that the proxy is off", async () => {
  const { here, calls } = machine(0);
  assertEquals(await cli(["run", "-c", "network.enabled=false", "tool"], here), 125);
  assertEquals(calls.length, 0);
  assertEquals(here.proxies.length, 0);
  assertEquals(
    here.printed().err,
    'doorward: Cannot run "tool" without a policy\n' +
      "  network.enabled is false (-c)\n" +
      "  remove that, or for this once: doorward run -c network.enabled=true …\n",
  );
});

/** Why a command does not start, and what `run` answers. */
const FAILURES: readonly (readonly [Error, number, string])[] = [
  [new Deno.errors.NotFound("x"), 127, "there is no such command"],
  [new Deno.errors.PermissionDenied("x"), 126, "it is not an executable file, or not for us"],
  [new Deno.errors.NotCapable("x"), 125, "Deno was started without --allow-run"],
  [new Error("Exec format error"), 126, "Exec format error"],
];

for (const [error, code, why] of FAILURES) {
  Deno.test(`run answers ${error.name} with ${code}`, async () => {
    const here = fakeSurroundings({
      spawn: () => {
        throw error;
      },
    });
    assertEquals(await cli(["run", "tool"], here), code);
    assertEquals(here.printed().err, `doorward: Cannot run "tool": ${why}\n`);
    assertEquals(here.proxies[0]!.shutdowns, [0]);
  });
}

Deno.test("run hands signals on to the child", async () => {
  const got: Deno.Signal[] = [];
  const ended = Promise.withResolvers<number>();
  const here = fakeSurroundings({
    stdinIsTerminal: true,
    spawn: () => ({
      code: ended.promise,
      kill: (signal) => {
        got.push(signal);
        ended.resolve(143);
      },
    }),
  });
  const started = Promise.withResolvers<void>();
  const watched: FakeSurroundings = {
    ...here,
    spawn: (...call) => {
      started.resolve();
      return here.spawn(...call);
    },
  };
  const code = cli(["run", "tool"], watched);
  await started.promise;
  here.send("SIGINT");
  here.send("SIGTERM");
  assertEquals(await code, 143);
  assertEquals(got, ["SIGTERM"]);
});

Deno.test("run opens no admin API, and so asks nobody who is not here", async () => {
  const { here } = machine(0);
  const serveAdmin = () => {
    throw new Error("This test opens no admin API");
  };
  assertEquals(await cli(["run", "--", "tool", "a b"], { ...here, serveAdmin }), 0);
  const { asking, alsoOurs, attribution } = here.proxies[0]!.options;
  assertEquals([asking.canBeAnswered, asking.answerers().length, alsoOurs], [false, 0, []]);
  assertEquals(attribution, { label: null, command: "tool a b", execPolicyHint: null });
});

Deno.test("run keeps the permission to write only for who can be asked", async () => {
  const isGivenUp = async (...flags: readonly string[]) => {
    let givenUp = false;
    const { here } = machine(0);
    const giveUpWriting = () => void (givenUp = true);
    await cli(["run", ...flags, "tool"], { ...here, giveUpWriting });
    return givenUp;
  };
  const webhook = ["-c", "network.ask_webhook=http://127.0.0.1:9/"];
  assertEquals(await isGivenUp(), true);
  assertEquals(await isGivenUp(...webhook), false);
  assertEquals(await isGivenUp(...webhook, "-c", "network.ask=false"), true);
});
