import { ConnectError } from "../../src/net/errors.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import type { Authority } from "./authority.ts";
import { turn } from "./in_time.ts";
import { ip } from "./policy.ts";
import { type RunningProgram, runProgram, startProgram, whereIs } from "./programs.ts";
import type { Scratch } from "./scratch.ts";

/** A real proxy that somebody else wrote, on 127.0.0.1. Disposing of it ends it. */
export interface RealProxy extends AsyncDisposable {
  /** For HTTP, or for SOCKS5. */
  readonly port: number;
  /** For HTTP over TLS; 0 where it has none. */
  readonly tlsPort: number;
}

/** The only name that they know, and that nobody else knows: it is 127.0.0.1 to them. */
export const OUTSIDE = "origin.invalid";

/** Who they let in. */
export const USER = "me";
export const PASSWORD = "s3cret: with/signs";

/** The user information of a URL for them. */
export const USER_INFO = `${USER}:${encodeURIComponent(PASSWORD)}`;

/** No proxy takes longer to listen. */
const LISTEN_MS = 20_000;

const BASIC_AUTH = "/usr/lib/squid/basic_ncsa_auth";

/** What is missing to start these programs, in words; null where nothing is. */
export function missingFor(...programs: readonly string[]): string | null {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "needs root on Linux";
  const missing = programs.find((program) => whereIs(program) === null);
  return missing === undefined ? null : `there is no ${missing}`;
}

/** Starts squid, which wants basic credentials, with a port for TLS too. */
export async function startSquid(scratch: Scratch, authority: Authority): Promise<RealProxy> {
  const [port, tlsPort] = [freePort(), freePort()];
  // It gives up root, and must still read what is here.
  await Deno.chmod(scratch.folder, 0o755);
  await Deno.chmod(authority.keyFile, 0o644);
  const { stdout } = await runProgram(["openssl", "passwd", "-apr1", PASSWORD], scratch);
  const users = await scratch.write("squid.users", `${USER}:${stdout.trim()}\n`);
  const hosts = await scratch.write("squid.hosts", `127.0.0.1 ${OUTSIDE}\n`);
  const config = await scratch.write(
    "squid.conf",
    `http_port 127.0.0.1:${port}
https_port 127.0.0.1:${tlsPort} tls-cert=${authority.certFile} tls-key=${authority.keyFile}
visible_hostname upstream
auth_param basic program ${BASIC_AUTH} ${users}
auth_param basic realm corp
auth_param basic children 1
acl known proxy_auth REQUIRED
acl forbidden url_regex forbidden :7$
http_access deny forbidden
http_access allow known
http_access deny all
cache deny all
access_log none
cache_store_log none
cache_log /dev/null
coredump_dir ${scratch.folder}
pid_filename none
pinger_enable off
hosts_file ${hosts}
dns_nameservers 127.0.0.1
shutdown_lifetime 0 seconds
`,
  );
  // A name of its own: squids of one name share memory, and get into each other's way.
  const words = [whereIs("squid")!, "-N", "-n", `doorward${port}`, "-f", config];
  return await listening(startProgram(words, scratch), port, tlsPort);
}

/** Starts microsocks, which wants a user name and a password (RFC 1929). */
export async function startMicrosocks(scratch: Scratch): Promise<RealProxy> {
  const port = freePort();
  const microsocks = whereIs("microsocks")!;
  const words = [microsocks, "-i", "127.0.0.1", "-p", `${port}`, "-u", USER, "-P", PASSWORD];
  return await listening(await startKnowing(words, scratch), port, 0);
}

/** Starts Dante, which lets everybody in. */
export async function startDante(scratch: Scratch): Promise<RealProxy> {
  const port = freePort();
  const config = await scratch.write(
    "danted.conf",
    `logoutput: stderr
internal: 127.0.0.1 port = ${port}
external: lo
clientmethod: none
socksmethod: none
client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
socks block { from: 127.0.0.0/8 to: 0.0.0.0/0 port = 7 }
socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
`,
  );
  const words = [whereIs("danted")!, "-f", config, "-p", `${scratch.folder}/danted.pid`];
  return await listening(await startKnowing(words, scratch), port, 0);
}

/** Starts a program for which, and for which alone, {@linkcode OUTSIDE} is in the hosts file. */
async function startKnowing(words: readonly string[], scratch: Scratch): Promise<RunningProgram> {
  const hosts = await scratch.write("outside.hosts", `127.0.0.1 ${OUTSIDE}\n`);
  const script = 'mount --bind "$1" /etc/hosts && shift && exec "$@"';
  return startProgram(["unshare", "--mount", "sh", "-c", script, "sh", hosts, ...words], scratch);
}

async function listening(
  program: RunningProgram,
  port: number,
  tlsPort: number,
): Promise<RealProxy> {
  const start = performance.now();
  while (!await answers(port)) {
    if (performance.now() - start > LISTEN_MS) {
      await program[Symbol.asyncDispose]();
      throw new Error(`The proxy does not listen: ${program.stderr.text}`);
    }
    await turn();
  }
  return { port, tlsPort, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

async function answers(port: number): Promise<boolean> {
  try {
    (await tcpDialer({ ip: ip("127.0.0.1"), port }, new AbortController().signal)).close();
    return true;
  } catch (error) {
    if (error instanceof ConnectError) return false;
    throw error;
  }
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
