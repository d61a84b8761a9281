// CVE-2025-23217: through the proxy of a real `doorward start` nobody gets to its own admin API.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { readAdmin } from "../support/admin_calls.ts";
import { type DoorwardStart, startDoorward } from "../support/doorward_cli.ts";
import { NO_POSIX } from "../support/machine.ts";
import { wireToStart } from "../support/proxy_wire.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { askSocks, domainAddress, ipAddress, socksRequest } from "../support/socks.ts";
import { statusOf } from "../support/wire.ts";

/** By what this machine reaches itself, whoever answers for its names. */
const NAMES = ["localhost", "LOCALHOST", "localhost.", "ip6-localhost", Deno.hostname()];
const ADDRESSES = [
  "127.0.0.1",
  "127.0.0.2",
  "127.255.255.254",
  "0.0.0.0",
  "::1",
  "::",
  "::ffff:127.0.0.1",
  "::ffff:0.0.0.0",
];

/** The addresses by which others reach it. */
function lanAddresses(): string[] {
  return Deno.networkInterfaces()
    .map(({ address }) => address)
    .filter((address) => !address.startsWith("127.") && address !== "::1");
}

/** Everything that could be allowed, as a pattern is written. */
const ALLOWED = new Set(
  [...NAMES, ...ADDRESSES, ...lanAddresses()].map((host) => host.toLowerCase().replace(/\.$/, "")),
);

/** A policy that lets everything through, here above all, and asks about the rest. */
const OPEN_POLICY = `[network]
enabled = true
allow_local_binding = true
dangerously_allow_non_loopback_admin = true
dangerously_allow_all_domains = true
ask = true
ask_hold_seconds = 600
allowed_domains = ${JSON.stringify([...ALLOWED])}
`;

Deno.test({
  name:
    `self connection: no entrance leads to the admin API, by whatever it is called${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scene = await makeScene("127.0.0.1");
    for (const address of [...ADDRESSES, ...await ownNames()]) {
      assertEquals(await answersTo(scene.start, address), DENIED, address);
    }
    await assertUntouched(scene);
  },
});

Deno.test({
  name: `self connection: nor does one where the admin API listens for others${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scene = await makeScene("0.0.0.0");
    for (const address of [...ADDRESSES, ...lanAddresses(), ...await ownNames()]) {
      assertEquals(await answersTo(scene.start, address), DENIED, address);
    }
    await assertUntouched(scene);
  },
});

Deno.test({
  name: `self connection: the addresses of others lead to no admin API on loopback${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scene = await makeScene("127.0.0.1");
    for (const address of lanAddresses()) {
      const { http, connect } = await answersTo(scene.start, address);
      // Nobody listens there, so that it may be asked for like any other port.
      assert([403, 502].includes(http) && [403, 502].includes(connect), address);
    }
  },
});

const DENIED = { http: 403, connect: 403, socks: 2 };

interface Scene extends AsyncDisposable {
  readonly start: DoorwardStart;
  readonly scratch: Scratch;
}

async function makeScene(adminIp: string): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  await scratch.configure(OPEN_POLICY);
  const flag = `network.admin_url=http://${adminIp}:0`;
  const start = stack.use(await startDoorward(["-c", flag], scratch));
  const owned = stack.move();
  return { start, scratch, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** What each entrance answers to who asks for the admin API at an address. */
async function answersTo(start: DoorwardStart, host: string): Promise<typeof DENIED> {
  const { adminPort } = start;
  const isAddress = /^[\d.]+$|:/.test(host);
  const authority = `${host.includes(":") ? `[${host}]` : host}:${adminPort}`;
  await using plain = await wireToStart(start);
  await plain.send(`GET http://${authority}/config HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const http = await plain.readMessage();
  assert(!http.body.includes('"allowed_domains"'), http.body);
  await using tunnel = await wireToStart(start);
  await tunnel.send(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const connect = await tunnel.readMessage();
  await using socks = await wireToStart(start, "socks");
  const address = isAddress ? ipAddress(host, adminPort) : domainAddress(host, adminPort);
  const code = await askSocks(socks, socksRequest(address));
  if (isAddress) {
    // A name that is spelled as an address is one.
    await using named = await wireToStart(start, "socks");
    assertEquals(await askSocks(named, socksRequest(domainAddress(host, adminPort))), code, host);
  }
  return { http: statusOf(http), connect: statusOf(connect), socks: code };
}

/** Those that this machine knows without asking a name server. */
async function ownNames(): Promise<string[]> {
  const known = (await Deno.readTextFile("/etc/hosts")).split(/\s+/);
  return NAMES.filter((name) => known.includes(name.toLowerCase().replace(/\.$/, "")));
}

/** Every refusal was for that reason, and none became a question. */
async function assertUntouched({ start }: Scene): Promise<void> {
  const { counts, total } = await readAdmin(start, "/blocked");
  assertEquals(counts, { own_listener: total });
  assertEquals((await readAdmin(start, "/pending")).pending, []);
  assertEquals((await readAdmin(start, "/health")).generation, 1);
  assertMatch(start.stderr.text, /"reason":"own_listener"/);
}
