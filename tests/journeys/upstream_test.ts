// The real program behind real proxies: what they let through, and what it says when they do not.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Authority, makeAuthority } from "../support/authority.ts";
import { doorward, startDoorward } from "../support/doorward_cli.ts";
import { type Ended, runProgram } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import {
  missingFor,
  OUTSIDE,
  PASSWORD,
  type RealProxy,
  startDante,
  startMicrosocks,
  startSquid,
  USER_INFO,
} from "../support/upstream_programs.ts";
import { greet, startWebOrigin, type WebOrigin } from "../support/web_origin.ts";

/** Servers that only the proxy knows the name of, and that nothing reaches but by it. */
interface Outside extends AsyncDisposable {
  readonly scratch: Scratch;
  readonly authority: Authority;
  readonly plain: WebOrigin;
  readonly secure: WebOrigin;
}

async function makeOutside(): Promise<Outside> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const authority = await makeAuthority([`DNS:${OUTSIDE}`, "DNS:localhost"], scratch);
  const { cert, key, caFile: file } = authority;
  const plain = stack.use(startWebOrigin(greet, { hostname: "127.0.0.1" }));
  const certificate = { cert, key, file };
  const secure = stack.use(startWebOrigin(greet, { hostname: "127.0.0.1", certificate }));
  await scratch.configure(`[network]\nenabled = true\nallowed_domains = ["${OUTSIDE}"]\n`);
  const owned = stack.move();
  return { scratch, authority, plain, secure, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Fetches a URL with curl through a proxy. Resolves to the status of the answer, and how curl ended. */
async function curl(
  { scratch, authority }: Outside,
  proxy: string,
  url: string,
  ...flags: readonly string[]
): Promise<Ended & { readonly status: string }> {
  const ended = await runProgram([
    ...["curl", "-sS", "--cacert", authority.caFile, "-x", proxy],
    ...["-w", "\nstatus %{http_code} %{http_connect}", ...flags, url],
  ], scratch);
  return { ...ended, status: /\nstatus (.*)$/.exec(ended.stdout)?.[1] ?? "" };
}

/** Registers a journey; left out where a program is missing, unless nothing may be missing. */
function journey(programs: readonly string[], name: string, fn: () => Promise<void>): void {
  const missing = missingFor("curl", "openssl", "unshare", ...programs);
  Deno.test({
    name: name + (missing === null ? "" : ` (left out: ${missing})`),
    ignore: missing !== null &&
      (Deno.build.os !== "linux" || !Deno.env.get("DOORWARD_TEST_ALL_CLIENTS")),
    async fn(): Promise<void> {
      if (missing !== null) throw new Error(`Cannot make this journey: ${missing}`);
      await fn();
    },
  });
}

/** Both URLs of the outside, by the name that is known there. */
function urls({ plain, secure }: Outside): readonly [string, string] {
  return [`http://${OUTSIDE}:${plain.port}/a?b`, `https://${OUTSIDE}:${secure.port}/c`];
}

/** Where a real proxy is, as a variable names it. */
type UrlOf = (proxy: RealProxy) => string;

const PROXIES: readonly (readonly [
  string,
  string,
  (outside: Outside) => Promise<RealProxy>,
  UrlOf,
])[] = [
  [
    "squid with credentials",
    "squid",
    ({ scratch, authority }) => startSquid(scratch, authority),
    ({ port }) => `http://${USER_INFO}@127.0.0.1:${port}`,
  ],
  [
    "squid over TLS with credentials",
    "squid",
    ({ scratch, authority }) => startSquid(scratch, authority),
    ({ tlsPort }) => `https://${USER_INFO}@localhost:${tlsPort}`,
  ],
  [
    "microsocks with credentials",
    "microsocks",
    ({ scratch }) => startMicrosocks(scratch),
    ({ port }) => `socks5://${USER_INFO}@127.0.0.1:${port}`,
  ],
  [
    "Dante",
    "danted",
    ({ scratch }) => startDante(scratch),
    ({ port }) => `socks5h://127.0.0.1:${port}`,
  ],
];

for (const [what, program, startProxy, urlOf] of PROXIES) {
  journey([program], `the network is reached through ${what}`, async () => {
    await using outside = await makeOutside();
    await using proxy = await startProxy(outside);
    const upstream = urlOf(proxy);
    const env = { ALL_PROXY: upstream, DENO_CERT: outside.authority.caFile };
    await using start = await startDoorward([], outside.scratch, { env });
    await start.stderr.until(/ leaves {2}through .*\n/);
    const [plain, secure] = urls(outside);
    for (const entrance of [start.url, `socks5h://127.0.0.1:${start.socksPort}`]) {
      for (const url of [plain, secure]) {
        const { stdout, stderr } = await curl(outside, entrance, url);
        assertEquals([stdout.split("\n")[0], stderr], ["hello from the origin", ""], url);
      }
    }
    const isForwarded = outside.plain.requests[0] === "GET /a?b via doorward";
    assertEquals([isForwarded, outside.plain.requests.length], [true, 2]);
    assertEquals(outside.secure.requests, ["GET /c", "GET /c"]);

    // Policy is asked as ever.
    const denied = await curl(outside, start.url, `http://other.invalid:${outside.plain.port}/`);
    assertMatch(denied.status, /^403 /);
    const tunnel = await curl(outside, start.url, `https://169.254.169.254/`);
    assertEquals(tunnel.status, "000 403");

    start.kill("SIGTERM");
    const { stdout, stderr } = await start.ended;
    assertEquals((stdout + stderr).includes(PASSWORD), false);
    assertEquals((stdout + stderr).includes(USER_INFO), false);
  });
}

journey(
  ["squid"],
  "run sends what its command does through the proxy of its own environment",
  async () => {
    await using outside = await makeOutside();
    await using squid = await startSquid(outside.scratch, outside.authority);
    const [url] = urls(outside);
    const env = { http_proxy: `http://${USER_INFO}@127.0.0.1:${squid.port}` };
    const script = 'curl -sS "$0"; env | grep -i _proxy= | sort';
    const { code, stdout, stderr } = await doorward(
      ["run", "--", "sh", "-c", script, url],
      outside.scratch,
      { env },
    );
    assertEquals([code, stdout.split("\n")[0], stderr], [0, "hello from the origin", ""]);
    assertEquals(outside.plain.requests, ["GET /a?b via doorward"]);
    // The command sees Doorward and nothing of what is behind it.
    assertEquals(stdout.includes(USER_INFO) || stdout.includes(`${squid.port}`), false);
  },
);

journey(
  ["squid"],
  "credentials that the proxy does not take are told, and not asked of the client",
  async () => {
    await using outside = await makeOutside();
    await using squid = await startSquid(outside.scratch, outside.authority);
    const [plain, secure] = urls(outside);
    for (
      const [userInfo, why] of [
        ["me:wr0ng@", "it does not accept the user name and the password of its URL"],
        ["", "it asks for a user name and a password, and its URL has none"],
      ] as const
    ) {
      const env = { HTTP_PROXY: `http://${userInfo}127.0.0.1:${squid.port}` };
      await using start = await startDoorward([], outside.scratch, { env });
      const answer = await curl(outside, start.url, plain);
      assertMatch(answer.status, /^502 /);
      assertStringIncludes(answer.stdout, `(upstream proxy of HTTP_PROXY: ${why})`);
      assertStringIncludes(answer.stdout, '"reason":"upstream_proxy_authentication"');
      const tunnel = await curl(outside, start.url, secure, "-v");
      assertEquals(tunnel.status, "000 502");
      assertStringIncludes(tunnel.stderr, "the upstream proxy wants other credentials");
      assertEquals((answer.stdout + tunnel.stderr).includes("wr0ng"), false);
    }
    assertEquals([outside.plain.requests, outside.secure.requests], [[], []]);
  },
);

journey(
  ["squid"],
  "what the proxy forbids is told as the proxy's refusal, not as ours",
  async () => {
    await using outside = await makeOutside();
    await using squid = await startSquid(outside.scratch, outside.authority);
    const env = { HTTPS_PROXY: `http://${USER_INFO}@127.0.0.1:${squid.port}` };
    await using start = await startDoorward([], outside.scratch, { env });
    const { status, stderr } = await curl(outside, start.url, `https://${OUTSIDE}:7/`, "-v");
    assertEquals(status, "000 502");
    assertStringIncludes(stderr, "502 Doorward: the upstream proxy did not connect to it");
  },
);

journey(["danted"], "a SOCKS5 proxy that refuses is told as the proxy's refusal", async () => {
  await using outside = await makeOutside();
  await using dante = await startDante(outside.scratch);
  const env = { ALL_PROXY: `socks5://127.0.0.1:${dante.port}` };
  await using start = await startDoorward([], outside.scratch, { env });
  const { status, stdout } = await curl(outside, start.url, `http://${OUTSIDE}:7/`);
  assertMatch(status, /^502 /);
  assertStringIncludes(stdout, "upstream proxy of ALL_PROXY: it answered with SOCKS code 2");
});

journey(["squid"], "a proxy whose certificate nobody vouches for is not used", async () => {
  await using outside = await makeOutside();
  await using squid = await startSquid(outside.scratch, outside.authority);
  const env = { ALL_PROXY: `https://${USER_INFO}@localhost:${squid.tlsPort}` };
  await using start = await startDoorward([], outside.scratch, { env });
  const [plain] = urls(outside);
  const { status, stdout } = await curl(outside, start.url, plain);
  assertMatch(status, /^502 /);
  assertStringIncludes(stdout, "(upstream proxy of ALL_PROXY: its certificate is not trusted)");
});

journey([], "start behind itself is refused with the variable's name", async () => {
  await using scratch = await makeScratch();
  const env = { HTTPS_PROXY: "http://me:s3cret@localhost:39128" };
  const { code, stderr } = await doorward(
    ["start", "-c", "network.proxy_url=http://127.0.0.1:39128"],
    scratch,
    { env },
  );
  assertEquals([code, stderr], [
    125,
    "doorward: HTTPS_PROXY: names Doorward itself (localhost:39128): unset it, or name another proxy\n",
  ]);
});
