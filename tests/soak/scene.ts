// What a run goes through: origins, a decider, and a `doorward start` as users run it, each a process of its own.
import { makeAuthority } from "../support/authority.ts";
import { doorwardWords } from "../support/doorward_cli.ts";
import { makeScratch } from "../support/scratch.ts";
import type { Children } from "../bench/child.ts";
import type { OriginPorts } from "../bench/job.ts";
import { lines } from "../bench/lines.ts";
import type { FicklePorts } from "./fickle_origin.ts";

/** All of it, running. */
export interface Scene extends AsyncDisposable {
  /** Doorward's process. */
  readonly pid: number;
  /** Where it listens on 127.0.0.1. */
  readonly http: number;
  readonly socks: number;
  readonly admin: number;
  /** Who signs for it inside TLS, in PEM. */
  readonly ca: string;
  readonly origin: OriginPorts;
  readonly fickle: FicklePorts;
  /** Writes another policy, in turn with the first, and has it read. */
  reload(): Promise<void>;
  /** Fails as soon as Doorward has ended. */
  readonly lost: Promise<never>;
}

/** How it is limited. */
export interface SceneLimits {
  readonly connections?: number;
  /** How long a slow client has. */
  readonly headSeconds?: number;
  readonly idleSeconds?: number;
}

const START_MS = 30_000;
const POLL_MS = 20;

/** What nobody may ask for in every second policy. */
export const FLIP = "127.0.0.9";
/** The decider lets it through, and no resolver knows it. */
export const DECIDED = "decided.invalid";
/** Nobody lets that through. */
export const DENIED = "denied.invalid";

/** Starts everything; `children` are ended by whoever has them, if this does not come to it. */
export async function startScene(limits: SceneLimits, children: Children): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const authority = await makeAuthority(["DNS:localhost"], scratch);
  const identity = { cert: authority.cert, key: authority.key };
  const origin = await startOrigin<OriginPorts>("../bench/origin.ts", identity, children, stack);
  const fickle = await startOrigin<FicklePorts>("fickle_origin.ts", identity, children, stack);
  const decider = stack.use(serveDecider());
  const [http, socks, admin] = freePorts(3) as [number, number, number];
  const policy = (isFlipped: boolean) =>
    configText({ http, socks, admin, decider: decider.port, isFlipped }, limits, {
      caFile: authority.caFile,
      folder: scratch.folder,
    });
  await scratch.configure(policy(false));
  const [program, ...words] = doorwardWords("start", []);
  const env = { ...scratch.env, DENO_NO_UPDATE_CHECK: "1" };
  const doorward = stack.use(children.start(program!, words, { cwd: scratch.folder, env }));
  const lost = doorward.ended.then(() => {
    throw new Error(`Cannot go on: Doorward has ended, saying "${doorward.lastWords()}"`);
  });
  lost.catch(() => {
    // It ends with the run, too.
  });
  await Promise.race([untilAccepting([http, socks, admin]), lost]);
  const owned = stack.move();
  let isFlipped = false;
  return {
    pid: doorward.pid,
    http,
    socks,
    admin,
    ca: await Deno.readTextFile(`${scratch.home}/doorward/proxy/ca.pem`),
    origin,
    fickle,
    lost,
    async reload(): Promise<void> {
      isFlipped = !isFlipped;
      await scratch.configure(policy(isFlipped));
      Deno.kill(doorward.pid, "SIGHUP");
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function startOrigin<Ports>(
  name: string,
  identity: { readonly cert: string; readonly key: string },
  children: Children,
  stack: AsyncDisposableStack,
): Promise<Ports> {
  const script = new URL(name, import.meta.url).pathname;
  const words = ["run", "--quiet", "--no-prompt", "--allow-net", script];
  const child = stack.use(children.start(Deno.execPath(), words));
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${JSON.stringify(identity)}\n`));
  const { value } = await lines(child.stdout).next();
  if (typeof value !== "string") throw new Error(`Cannot run ${name}: ${child.lastWords()}`);
  return JSON.parse(value);
}

/** Says yes to one name and no to all else, as a server of its users' would. */
function serveDecider(): { readonly port: number } & AsyncDisposable {
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  const server = Deno.serve(options, async (request) => {
    const { id, host } = await request.json();
    return Response.json({ id, decision: host === DECIDED ? "allow" : "deny" });
  });
  return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}

interface Ports {
  readonly http: number;
  readonly socks: number;
  readonly admin: number;
  readonly decider: number;
  readonly isFlipped: boolean;
}

interface Files {
  readonly caFile: string;
  readonly folder: string;
}

function configText(
  { http, socks, admin, decider, isFlipped }: Ports,
  { connections = 4096, headSeconds = 3, idleSeconds = 20 }: SceneLimits,
  { caFile, folder }: Files,
): string {
  const allowed = ["127.0.0.1", "localhost", ...isFlipped ? [FLIP] : []];
  return `[network]
enabled = true
proxy_url = "http://127.0.0.1:${http}"
enable_socks5 = true
enable_socks5_udp = true
socks_url = "http://127.0.0.1:${socks}"
admin_url = "http://127.0.0.1:${admin}"
allowed_domains = ${JSON.stringify(allowed)}
denied_domains = ["*.evil.example"]
mitm = true
upstream_ca_file = "${caFile}"
audit_file = "${folder}/audit.jsonl"

[network.audit]
file_bytes = 1048576
files_kept = 2
chain = true

[network.decider]
url = "http://127.0.0.1:${decider}/decide"

[network.rules]
"localhost" = { methods = ["GET", "POST"] }

[network.limits]
connections = ${connections}
connections_per_client = ${connections}
head_seconds = ${headSeconds}
idle_seconds = ${idleSeconds}
body_idle_seconds = 10
response_seconds = 10
tunnel_idle_seconds = ${idleSeconds}
udp_idle_seconds = ${idleSeconds}
`;
}

function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  return listeners.map((listener) => {
    const { port } = listener.addr;
    listener.close();
    return port;
  });
}

async function untilAccepting(ports: readonly number[]): Promise<void> {
  const end = performance.now() + START_MS;
  for (const port of ports) {
    while (true) {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
      if (conn !== null) {
        conn.close();
        break;
      }
      if (performance.now() > end) throw new Error(`Cannot start: nobody accepts at ${port}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
