// `doorward explain` promises what the proxy does: both are asked the same, under the same configuration.
import { assertEquals } from "@std/assert";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { doorward, type DoorwardStart, startDoorward } from "../support/doorward_cli.ts";
import { answering, ok, startOrigin } from "../support/origin.ts";
import { ip } from "../support/policy.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { Wire } from "../support/wire.ts";

/** A request as a client sends it, and as `explain` is asked about it. `ORIGIN` is a server that answers. */
interface Asked {
  readonly explain: readonly string[];
  readonly request: string;
  /** The status of the answer, and the reason for it; null for the origin's own answer. */
  readonly answer: readonly [status: number, reason: string | null];
}

const CONFIG = `[network]
enabled = true
allow_local_binding = false
allowed_domains = ["127.0.0.1", "*.allowed.test", "nowhere.invalid:80",
  "secure.invalid:443", "ports.test:8443"]
denied_domains = ["denied.test", "no.allowed.test"]
`;

const FULL: Readonly<Record<string, Asked>> = {
  "an allowed server": {
    explain: ["http://ORIGIN/"],
    request: get("ORIGIN"),
    answer: [200, null],
  },
  "a tunnel to an allowed server": {
    explain: ["ORIGIN"],
    request: connect("ORIGIN"),
    answer: [200, null],
  },
  "a denied name": {
    explain: ["http://denied.test/"],
    request: get("denied.test"),
    answer: [403, "denied"],
  },
  "a tunnel to a denied name": {
    explain: ["https://denied.test"],
    request: connect("denied.test:443"),
    answer: [403, "denied"],
  },
  "a denied name below an allowed one": {
    explain: ["https://no.allowed.test"],
    request: connect("no.allowed.test:443"),
    answer: [403, "denied"],
  },
  "a name that nobody allowed": {
    explain: ["http://other.test/path?query"],
    request: get("other.test", "/path?query"),
    answer: [403, "not_allowed"],
  },
  "an allowed name in other letters, with a dot": {
    explain: ["http://NO.Allowed.Test./"],
    request: get("NO.Allowed.Test."),
    answer: [403, "denied"],
  },
  "a port that nobody allowed": {
    explain: ["https://ports.test"],
    request: connect("ports.test:443"),
    answer: [403, "not_allowed"],
  },
  "a private address": {
    explain: ["http://10.0.0.1/"],
    request: get("10.0.0.1"),
    answer: [403, "not_allowed_local"],
  },
  "the metadata service": {
    explain: ["http://169.254.169.254/latest"],
    request: get("169.254.169.254", "/latest"),
    answer: [403, "not_allowed_local"],
  },
  "localhost": {
    explain: ["http://localhost:9/"],
    request: get("localhost:9"),
    answer: [403, "not_allowed_local"],
  },
  "an allowed name that does not resolve": {
    explain: ["http://nowhere.invalid/"],
    request: get("nowhere.invalid"),
    answer: [502, "dns_failure"],
  },
  "a tunnel to an allowed name that does not resolve": {
    explain: ["https://secure.invalid"],
    request: connect("secure.invalid:443"),
    answer: [502, "dns_failure"],
  },
  "an address in a spelling that hides it": {
    explain: ["http://0x7f.1/"],
    request: get("0x7f.1"),
    answer: [400, null],
  },
  "a host that is none": {
    explain: ["http://bad_host!/"],
    request: get("bad_host!"),
    answer: [400, null],
  },
  "another scheme": {
    explain: ["ftp://other.test/"],
    request: "GET ftp://other.test/ HTTP/1.1\r\nHost: other.test\r\n\r\n",
    answer: [501, null],
  },
};

const LIMITED: Readonly<Record<string, Asked>> = {
  "reading in limited mode": {
    explain: ["http://ORIGIN/"],
    request: get("ORIGIN"),
    answer: [200, null],
  },
  "writing in limited mode": {
    explain: ["http://ORIGIN/", "-X", "POST"],
    request: "POST http://ORIGIN/ HTTP/1.1\r\nHost: ORIGIN\r\nContent-Length: 1\r\n\r\nx",
    answer: [403, "method_not_allowed"],
  },
  "a tunnel in limited mode": {
    explain: ["ORIGIN"],
    request: connect("ORIGIN"),
    answer: [403, "mitm_required"],
  },
  "a denied name in limited mode": {
    explain: ["http://denied.test/", "-X", "DELETE"],
    request: "DELETE http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n\r\n",
    answer: [403, "denied"],
  },
};

testAsked(FULL, []);
testAsked(LIMITED, ["--mode", "limited"]);

Deno.test("explain says of the proxy itself what the proxy says", async () => {
  await using scratch = await makeScratch();
  await scratch.configure(CONFIG);
  await using start = await startDoorward([], scratch);
  const authority = `127.0.0.1:${start.port}`;
  const settings = ["-c", `network.proxy_url=${start.url}`];
  assertEquals(await explain([`http://${authority}/`, ...settings], scratch), [
    403,
    "own_listener",
    1,
  ]);
  assertEquals(await ask(start, get(authority)), [403, "own_listener"]);
});

Deno.test("explain says of a proxy that is off what the proxy would say", async () => {
  await using scratch = await makeScratch();
  await scratch.configure("[network]\nenabled = false\n");
  assertEquals(await explain(["http://one.test/"], scratch), [503, "proxy_disabled", 1]);
});

/** Tests that `explain` and the proxy give one answer to each of these. */
function testAsked(table: Readonly<Record<string, Asked>>, flags: readonly string[]): void {
  for (const [what, { explain: words, request, answer }] of Object.entries(table)) {
    const [status, reason] = answer;
    Deno.test(`explain says of ${what} what the proxy says: ${reason ?? status}`, async () => {
      await using scratch = await makeScratch();
      await scratch.configure(CONFIG);
      await using start = await startDoorward(flags, scratch);
      await using origin = startOrigin(answering(ok()));
      const place = (text: string) => text.replaceAll("ORIGIN", `127.0.0.1:${origin.address.port}`);
      const goesThrough = status === 200;
      assertEquals(await ask(start, place(request)), answer);
      assertEquals(
        await explain([...words.map(place), ...flags], scratch),
        [goesThrough ? null : status, reason, goesThrough ? 0 : 1],
      );
    });
  }
}

type Explained = readonly [status: number | null, reason: string | null, code: number];

async function explain(words: readonly string[], scratch: Scratch): Promise<Explained> {
  const { code, stdout } = await doorward(["explain", "--json", ...words], scratch);
  const { status, reason } = JSON.parse(stdout);
  return [status, reason, code];
}

/** Sends a request through the proxy: the status of the answer, and the reason that it gives. */
async function ask(start: DoorwardStart, request: string): Promise<Asked["answer"]> {
  const proxy = { ip: ip("127.0.0.1"), port: start.port };
  await using wire = new Wire(await tcpDialer(proxy, new AbortController().signal));
  await wire.send(request);
  const head = await wire.readHead();
  const [, status] = /^HTTP\/1\.1 (\d+) /.exec(head)!;
  const [, error, details] = /^Proxy-Status: doorward; error=(\w+); details="(\w+)"/m.exec(head) ??
    [];
  return [Number(status), error === "http_request_error" ? null : details ?? null];
}

function get(authority: string, path = "/"): string {
  return `GET http://${authority}${path} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
}

function connect(authority: string): string {
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
}
