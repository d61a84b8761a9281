// Real clients of SOCKS5, pointed at a real `doorward start` and run by a real `doorward run`.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Needed, testClient } from "../support/client_world.ts";
import { curl, pythonWith } from "../support/clients.ts";
import { startDnsOrigin } from "../support/dns_origin.ts";
import { doorward, type DoorwardStart, startDoorward } from "../support/doorward_cli.ts";
import { runProgram, whereIs } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { startSocksForwarder } from "../support/socks_forwarder.ts";
import { greet, startWebOrigin, type WebOrigin } from "../support/web_origin.ts";

const ALLOWED = "127.0.0.2";
const DENIED = "127.0.0.3";
const RULES = ["--allow", ALLOWED, "--deny", DENIED];
const HELLO = "hello from the origin\n";

const PYSOCKS: Needed = {
  name: "Python's socks",
  program: pythonWith("socks"),
  wanted: "python3-socks",
};
const PROXYCHAINS: Needed = {
  name: "proxychains",
  program: whereIs("curl") === null ? null : whereIs("proxychains4"),
  wanted: "proxychains4",
};
const DIG: Needed = { name: "dig", program: whereIs("dig"), wanted: "bind9-dnsutils" };

/** What each way to say it is to curl. */
const CURL_WAYS = ["--socks5", "--socks5-hostname"] as const;

for (const way of CURL_WAYS) {
  testClient(curl, `start lets curl ${way} reach a server that is allowed`, async (program) => {
    await using world = await makeWorld(RULES);
    const words = [program, "-sS", way, `127.0.0.1:${world.start.socksPort}`];
    const { stdout, stderr } = await runProgram(
      [...words, `${world.allowed.url}/x`],
      world.scratch,
    );
    assertEquals([stdout, stderr], [HELLO, ""]);
    // A tunnel: nothing says that it came through Doorward.
    assertEquals(world.allowed.requests, ["GET /x"]);
    assertEquals(await violations(world), []);
  });

  testClient(
    curl,
    `start keeps curl ${way} from a denied server, and tells why`,
    async (program) => {
      await using world = await makeWorld(RULES);
      const words = [program, "-sS", way, `127.0.0.1:${world.start.socksPort}`];
      const { code, stdout } = await runProgram([...words, `${world.denied.url}/x`], world.scratch);
      assertEquals([code, stdout, world.denied.requests], [97, "", []]);
      const [violation, ...more] = await violations(world);
      const { host, reason, method, protocol, port } = violation!;
      assertEquals([host, reason, method, protocol], [DENIED, "denied", "CONNECT", "socks5"]);
      assertEquals([port, more], [world.denied.port, []]);
      const lines = world.start.stderr.text.split("\n");
      const at = lines.findIndex((line) => line.startsWith("CODEX_NETWORK_POLICY_DECISION {"));
      assertStringIncludes(lines[at]!, '"decision":"deny","reason":"denied"');
      assertEquals(
        lines[at + 1],
        `doorward: Doorward blocked this request: ${DENIED}: a deny rule names this host.`,
      );
    },
  );
}

testClient(curl, "start hears the names of curl --socks5-hostname alone", async (program) => {
  await using world = await makeWorld(["--allow", "localhost"]);
  await using origin = startWebOrigin(greet, { hostname: "127.0.0.1" });
  const url = `http://localhost:${origin.port}/x`;
  const at = `127.0.0.1:${world.start.socksPort}`;
  const named = await runProgram(
    [program, "-sS", "-4", "--socks5-hostname", at, url],
    world.scratch,
  );
  assertEquals([named.stdout, origin.requests], [HELLO, ["GET /x"]]);

  const looked = await runProgram([program, "-sS", "-4", "--socks5", at, url], world.scratch);
  assertEquals([looked.code, origin.requests], [97, ["GET /x"]]);
  const [{ host, reason } = {}] = await violations(world);
  assertEquals([host, reason], ["127.0.0.1", "not_allowed"]);
  assertStringIncludes(world.start.stderr.text, "use socks5h://");
});

testClient(
  curl,
  "start keeps the attempt that the SOCKS5 user names, and no password",
  async (program) => {
    await using world = await makeWorld(RULES);
    const at = `codex-net-attempt-a7:secret@127.0.0.1:${world.start.socksPort}`;
    const words = [program, "-sS", "--socks5-hostname", at];
    const allowed = await runProgram([...words, `${world.allowed.url}/x`], world.scratch);
    assertEquals(allowed.stdout, HELLO);
    await runProgram([...words, "http://nobody.test/"], world.scratch);
    const [{ host, attempt_id } = {}] = await violations(world);
    assertEquals([host, attempt_id], ["nobody.test", "a7"]);
    assertEquals(world.start.stderr.text.includes("secret"), false);
  },
);

testClient(
  curl,
  "start speaks both protocols on one port when both URLs name it",
  async (program) => {
    const url = `http://127.0.0.1:${freePort()}`;
    const same = ["-c", `network.proxy_url=${url}`, "-c", `network.socks_url=${url}`];
    await using world = await makeWorld([...RULES, ...same]);
    assertEquals(world.start.socksPort, world.start.port);
    for (const proxy of [url, url.replace("http", "socks5h")]) {
      const words = [program, "-sS", "-x", proxy, `${world.allowed.url}/x`];
      assertEquals((await runProgram(words, world.scratch)).stdout, HELLO);
    }
    assertEquals(world.allowed.requests, ["GET /x via doorward", "GET /x"]);
  },
);

testClient(curl, "run speaks SOCKS5 on the port of its proxy", async (program) => {
  await using world = await makeWorld([]);
  const script = 'exec "$0" -sS -x "socks5h://${http_proxy#http://}" "$@"';
  const words = (url: string) => ["run", ...RULES, "--", "sh", "-c", script, program, `${url}/x`];
  const allowed = await doorward(words(world.allowed.url), world.scratch);
  assertEquals([allowed.code, allowed.stdout, allowed.stderr], [0, HELLO, ""]);
  const denied = await doorward(words(world.denied.url), world.scratch);
  assertEquals([denied.code, world.denied.requests], [97, []]);
  assertMatch(
    denied.stderr,
    /\ndoorward: blocked 127\.0\.0\.3:\d+ \(a deny rule names it\) — see why: /,
  );
});

testClient(
  curl,
  "run gives its command SOCKS5 where all_proxy says so, and hints",
  async (program) => {
    await using world = await makeWorld([]);
    const flags = ["run", "-c", "network.all_proxy=socks5h", "--allow", "localhost", "--"];
    const print = ["sh", "-c", 'printf "%s %s" "$all_proxy" "$ftp_proxy"'];
    const { stdout } = await doorward([...flags, ...print], world.scratch);
    assertMatch(stdout, /^socks5h:\/\/127\.0\.0\.1:(\d+) http:\/\/127\.0\.0\.1:\1$/);

    const script = 'exec "$0" -sS --socks5 "${http_proxy#http://}" "$@"';
    const words = ["sh", "-c", script, program, `${world.allowed.url}/x`];
    const { stderr } = await doorward([...flags, ...words], world.scratch);
    assertMatch(
      stderr,
      /\ndoorward: blocked 127\.0\.0\.2:\d+ \(not in the allowlist; asked for by address: use socks5h:\/\/\) — allow it: /,
    );
    assertEquals(world.allowed.requests, []);
  },
);

const FETCH = `
import socks, sys
s = socks.socksocket()
s.set_proxy(socks.SOCKS5, "127.0.0.1", int(sys.argv[1]), rdns=True)
s.connect((sys.argv[2], int(sys.argv[3])))
s.sendall(b"GET /x HTTP/1.0\\r\\nHost: it\\r\\n\\r\\n")
answer = b""
while True:
    piece = s.recv(4096)
    if not piece:
        break
    answer += piece
print(answer.decode().split("\\r\\n\\r\\n")[1], end="")
`;

testClient(PYSOCKS, "start lets Python's socks reach a server, and no other", async (python) => {
  await using world = await makeWorld(RULES);
  const words = (host: string, port: number) => [
    python,
    "-c",
    FETCH,
    ...[world.start.socksPort, host, port].map(String),
  ];
  const allowed = await runProgram(words(ALLOWED, world.allowed.port), world.scratch);
  assertEquals([allowed.code, allowed.stdout], [0, HELLO], allowed.stderr);
  const denied = await runProgram(words(DENIED, world.denied.port), world.scratch);
  assertEquals([denied.code, world.denied.requests], [1, []]);
  assertStringIncludes(denied.stderr, "0x02: Connection not allowed by ruleset");
  assertEquals((await violations(world)).map(({ host }) => host), [DENIED]);
});

const SEND = `
import socks, sys
s = socks.socksocket(socks.socket.AF_INET, socks.socket.SOCK_DGRAM)
# With rdns, which is the default, it announces its own address as the name "0".
s.set_proxy(socks.SOCKS5, "127.0.0.1", int(sys.argv[1]), rdns=True)
for target in sys.argv[2:]:
    host, port = target.split(":")
    s.sendto(b"to " + host.encode(), (host, int(port)))
answer, origin = s.recvfrom(4096)
print(answer.decode(), origin[0], origin[1], end="")
`;

testClient(
  PYSOCKS,
  "start lets Python's socks send datagrams to a server, and to no other",
  async (python) => {
    await using world = await makeWorld(RULES);
    await using allowed = startEcho(ALLOWED);
    await using denied = startEcho(DENIED);
    // The one that is denied is sent first: it has had its chance when the other's answer is there.
    const targets = [`${DENIED}:${denied.port}`, `${ALLOWED}:${allowed.port}`];
    const words = [python, "-c", SEND, String(world.start.socksPort), ...targets];
    const { code, stdout, stderr } = await runProgram(words, world.scratch);
    assertEquals([code, stdout], [0, `to ${ALLOWED} ${ALLOWED} ${allowed.port}`], stderr);
    assertEquals([allowed.received, denied.received], [[`to ${ALLOWED}`], []]);
    const [{ host, protocol, reason } = {}, ...more] = await violations(world);
    assertEquals([host, protocol, reason, more], [DENIED, "socks5-udp", "denied", []]);
  },
);

testClient(
  PROXYCHAINS,
  "start lets a program under proxychains reach a server, and no other",
  async (proxychains) => {
    await using world = await makeWorld(RULES);
    const config = await world.scratch.write(
      "proxychains.conf",
      `strict_chain\nproxy_dns\n[ProxyList]\nsocks5 127.0.0.1 ${world.start.socksPort}\n`,
    );
    const words = [proxychains, "-q", "-f", config, curl.program!, "-sS"];
    const allowed = await runProgram([...words, `${world.allowed.url}/x`], world.scratch);
    assertEquals([allowed.code, allowed.stdout], [0, HELLO], allowed.stderr);
    assertEquals(world.allowed.requests, ["GET /x"]);
    const denied = await runProgram([...words, `${world.denied.url}/x`], world.scratch);
    assert(denied.code !== 0, denied.stdout);
    assertEquals(world.denied.requests, []);
    assertEquals(new Set((await violations(world)).map(({ host }) => host)), new Set([DENIED]));
  },
);

testClient(DIG, "start lets dig ask a server of DNS through SOCKS5, and no other", async (dig) => {
  await using world = await makeWorld(RULES);
  await using allowed = startDnsOrigin(ALLOWED);
  await using denied = startDnsOrigin(DENIED);
  const ask = async (host: string, port: number) => {
    await using forwarder = await startSocksForwarder(world.start.socksPort, { host, port });
    const words = [dig, "@127.0.0.1", "-p", `${forwarder.port}`, "+short", "+tries=1", "+time=1"];
    return await runProgram([...words, "one.test"], world.scratch);
  };
  const answered = await ask(ALLOWED, allowed.port);
  assertEquals([answered.code, answered.stdout, allowed.asked], [0, "192.0.2.53\n", ["one.test"]]);
  const refused = await ask(DENIED, denied.port);
  assertEquals([refused.code, denied.asked], [9, []]);
  assertEquals((await violations(world)).map(({ host, protocol }) => `${protocol} ${host}`), [
    `socks5-udp ${DENIED}`,
  ]);
});

interface World extends AsyncDisposable {
  readonly scratch: Scratch;
  readonly start: DoorwardStart;
  readonly allowed: WebOrigin;
  /** It would answer, too. */
  readonly denied: WebOrigin;
}

async function makeWorld(flags: readonly string[]): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const allowed = stack.use(startWebOrigin(greet, { hostname: ALLOWED }));
  const denied = stack.use(startWebOrigin(greet, { hostname: DENIED }));
  const start = stack.use(await startDoorward(["-c", "network.ask=false", ...flags], scratch));
  const owned = stack.move();
  return { scratch, start, allowed, denied, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** What `start` reported, once it has ended. */
async function violations({ start }: World): Promise<Record<string, unknown>[]> {
  start.kill("SIGTERM");
  const { code, stderr } = await start.ended;
  assertEquals(code, 0, stderr);
  return stderr.split("\n").flatMap((line) => {
    const json = /^CODEX_NETWORK_POLICY_VIOLATION (.*)$/.exec(line)?.[1];
    return json === undefined ? [] : [JSON.parse(json)];
  });
}

interface Echo extends AsyncDisposable {
  readonly port: number;
  /** What was sent to it, in order. */
  readonly received: readonly string[];
}

/** Sends each datagram back. */
function startEcho(hostname: string): Echo {
  const socket = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  const received: string[] = [];
  const serving = (async () => {
    for await (const [bytes, from] of socket) {
      received.push(new TextDecoder().decode(bytes));
      await socket.send(bytes, from);
    }
  })();
  return {
    port: (socket.addr as Deno.NetAddr).port,
    received,
    async [Symbol.asyncDispose](): Promise<void> {
      socket.close();
      await serving;
    },
  };
}

/** A port that was free just now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
