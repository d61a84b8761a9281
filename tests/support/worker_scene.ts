import { systemMachine } from "../../src/library/machine.ts";
import { NetworkProxy } from "../../src/library/network_proxy.ts";
import type { ConfigObject, NetworkProxyBuilder } from "../../src/library/network_proxy_builder.ts";
import type { NetworkProxyHandle } from "../../src/library/network_proxy_handle.ts";
import type { AuditRecord, HappenedAudit } from "../../src/audit/audit_record.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import type { FromWorker } from "../../src/proxy/workers/messages.ts";
import { threadOf } from "../../src/proxy/workers/thread_of.ts";
import { faultOfRecords } from "./audit_records.ts";
import type { AdminAt } from "./admin_calls.ts";
import { inTime, until } from "./in_time.ts";
import { answering, ok, type Origin, type Script, startOrigin } from "./origin.ts";
import { ip } from "./policy.ts";
import { Wire } from "./wire.ts";

/** What a test sets of its scene. */
export interface WorkerSceneOptions {
  /** Beside the main isolate; one unless said otherwise. */
  readonly workers?: number;
  /** Keys of `[network]`: 127.0.0.1 is allowed unless said otherwise. */
  readonly network?: Readonly<Record<string, unknown>>;
  readonly origin?: Script;
  readonly build?: (builder: NetworkProxyBuilder) => NetworkProxyBuilder;
}

/** A proxy in this process with real workers, real sockets, and an origin on 127.0.0.1. */
export interface WorkerScene extends AsyncDisposable, AdminAt {
  readonly handle: NetworkProxyHandle;
  readonly token: string;
  readonly origin: Origin;
  /** `host:port` of the origin. */
  readonly target: string;
  readonly records: readonly HappenedAudit[];
  readonly diagnosed: readonly string[];
  /** How many clients each isolate has taken, the main one first. */
  readonly taken: readonly number[];
  /** How many workers have begun to accept, those that took another's place included. */
  readonly ready: number;
  /** Connects to the proxy. */
  client(socks?: boolean): Promise<Wire>;
  /** Connects until the one of that number takes a client, and keeps that one. */
  clientOf(isolate: number, socks?: boolean): Promise<Wire>;
  /** Connects, and expects to be turned away. */
  refused(): Promise<Wire>;
  /** Keeps from the main isolate that workers have taken a policy. Resolves once one has. */
  holdTaken(): Promise<void>;
  /** Tells it all that was kept. */
  tellTaken(): void;
  /** Breaks a worker. */
  break(worker: number): void;
  /** The requests that were recorded, and did not end as they should have. */
  readonly fault: string | null;
}

/** Starts one. Every worker accepts when this resolves. */
export async function makeWorkerScene(options: WorkerSceneOptions = {}): Promise<WorkerScene> {
  const { workers = 1, network = {}, build = (builder) => builder } = options;
  const origin = startOrigin(options.origin ?? answering(ok()));
  const records: HappenedAudit[] = [];
  const diagnosed: string[] = [];
  const started: Started[] = [];
  const held: Held = { messages: null, taken: Promise.withResolvers() };
  const machine = {
    ...systemMachine({}),
    systemFolder: "/nonexistent",
    workers: { start: startFaulty(started, held), cores: workers + 1 },
  };
  const config = {
    network: {
      enabled: true,
      workers: workers + 1,
      allowed_domains: ["127.0.0.1"],
      ...network,
    },
  } as ConfigObject;
  const proxy = await build(
    NetworkProxy.builder(machine).config(config).adminAddr("127.0.0.1:0").adminToken("t".repeat(32))
      .onAudit((record: AuditRecord) => void records.push(record as HappenedAudit))
      .onDiagnostic((line) => void diagnosed.push(line)),
  ).build();
  const handle = await proxy.run();
  const { http, socks, admin } = handle.addresses!;
  const clients: Wire[] = [];
  const ready = () => started.reduce((sum, each) => sum + each.ready, 0);
  await until(() => ready() === workers, "every worker accepts");
  const adminPort = Number(admin!.split(":").at(-1));
  const connect = async (isSocks = false) => {
    const [host, port] = (isSocks ? socks! : http).split(":");
    const wire = new Wire(await tcpDialer({ ip: ip(host!), port: Number(port) }, NEVER));
    clients.push(wire);
    return wire;
  };
  const opened = () => started.reduce((sum, { opened }) => sum + opened, 0);
  let connected = 0;
  const taken = () => [connected - opened(), ...started.map(({ opened }) => opened)];
  const scene: WorkerScene = {
    handle,
    token: "t".repeat(32),
    origin,
    target: `127.0.0.1:${origin.address.port}`,
    adminPort,
    records,
    diagnosed,
    get taken(): readonly number[] {
      return taken();
    },
    get ready(): number {
      return ready();
    },
    client: async (isSocks) => {
      const before = await openedInAll(adminPort);
      const wire = await connect(isSocks);
      // Until then it stands in the line of the system, and is nobody's.
      while (await openedInAll(adminPort) === before) {
        await new Promise((done) => setTimeout(done, 0));
      }
      connected += 1;
      return wire;
    },
    async clientOf(isolate, isSocks): Promise<Wire> {
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const before = taken();
        const wire = await scene.client(isSocks);
        if (taken()[isolate]! > before[isolate]!) return wire;
        await wire[Symbol.asyncDispose]();
      }
      throw new Error(`Cannot reach isolate ${isolate}: taken ${taken()}`);
    },
    refused: () => connect(),
    holdTaken: () => {
      held.messages = [];
      return held.taken.promise;
    },
    tellTaken: () => {
      const messages = held.messages ?? [];
      held.messages = null;
      for (const tell of messages) tell();
    },
    break: (worker) => started.filter(({ row }) => row === worker).at(-1)!.tell("throw"),
    get fault(): string | null {
      return faultOfRecords(records);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      try {
        await inTime(handle.shutdown(0), "the proxy to shut down");
        const fault = faultOfRecords(records);
        if (fault !== null) throw new Error(fault);
      } finally {
        for (const wire of clients) await wire[Symbol.asyncDispose]();
        await origin[Symbol.asyncDispose]();
      }
    },
  };
  return scene;
}

const NEVER = new AbortController().signal;
/** Whoever is idle takes a client: each of them is, now and then. */
const TRIES_MAX = 1000;

interface Started {
  readonly tell: (how: string) => void;
  row: number;
  ready: number;
  opened: number;
}

/** What is kept from the main isolate; null for nothing. */
interface Held {
  messages: (() => void)[] | null;
  readonly taken: PromiseWithResolvers<void>;
}

/** Starts real workers that can be broken, and listens to what they say. */
function startFaulty(started: Started[], held: Held) {
  return (heard: (message: FromWorker) => void, failed: (why: string) => void) => {
    const worker = new Worker(new URL("./faulty_worker.ts", import.meta.url), { type: "module" });
    const it: Started = { tell: (how) => worker.postMessage(how), row: 0, ready: 0, opened: 0 };
    started.push(it);
    const thread = threadOf(worker, (message) => {
      if (message.kind === "took" && held.messages !== null) {
        held.messages.push(() => heard(message));
        return held.taken.resolve();
      }
      heard(message);
      if (message.kind === "ready") it.ready += 1;
      if (message.kind !== "noted") return;
      it.opened += message.notes.filter((note) =>
        note.kind === "connection" && note.state === "opened"
      ).length;
    }, failed);
    return {
      post: (message: Parameters<typeof thread.post>[0]) => {
        if (message.kind === "begin") it.row = message.row;
        thread.post(message);
      },
      terminate: () => thread.terminate(),
    };
  };
}

async function openedInAll(adminPort: number): Promise<number> {
  const reply = await fetch(`http://127.0.0.1:${adminPort}/metrics`);
  return Number(/^doorward_connections_total (\d+)$/m.exec(await reply.text())?.[1]);
}
