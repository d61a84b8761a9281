import { AuditLog } from "../../src/audit/audit_log.ts";
import type { Program } from "../../src/cli/program.ts";
import type { Surroundings } from "../../src/cli/surroundings.ts";
import { makeTerminal, type Sink } from "../../src/cli/printed/terminal.ts";
import { BlockedBuffer } from "../../src/audit/blocked_buffer.ts";
import { EventFeed } from "../../src/audit/event_feed.ts";
import { Tally } from "../../src/audit/tally.ts";
import { Deadlines } from "../../src/net/time/deadlines.ts";
import { Questions } from "../../src/proxy/asking/questions.ts";
import { LimitCounter } from "../../src/proxy/limit_counter.ts";
import type { Reached } from "../../src/proxy/limits.ts";
import { LiveConnections } from "../../src/proxy/live.ts";
import { LivePolicy } from "../../src/proxy/live_policy.ts";
import type { ProxyOptions, RunningProxy } from "../../src/proxy/proxy.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** A machine of which a test owns everything, and what happened on it. */
export interface FakeSurroundings extends Surroundings {
  readonly clock: FakeClock;
  /** What was printed so far. */
  printed(): { readonly out: string; readonly err: string };
  /** Delivers a signal to whoever listens. */
  send(signal: Deno.Signal): void;
  /** The proxies that were started. */
  readonly proxies: FakeProxy[];
}

/** A proxy that serves nobody. */
export interface FakeProxy {
  readonly options: ProxyOptions;
  /** The graces it was shut down with, in order. */
  readonly shutdowns: number[];
  /** Ends a shutdown with a grace. */
  finish(): void;
}

/** Parts of {@linkcode FakeSurroundings} that a test sets. */
export type FakeOptions = Partial<
  Pick<
    Surroundings,
    | "env"
    | "os"
    | "systemFolder"
    | "cwd"
    | "stdin"
    | "stdout"
    | "stdinIsTerminal"
    | "terminalIsGone"
    | "serveAdmin"
    | "program"
    | "spawn"
    | "dial"
    | "resolve"
    | "startProxy"
    | "giveUpWriting"
    | "instruments"
  >
>;

/** The port that a proxy on port 0 gets. */
export const FREE_PORT = 40404;

/** What Doorward is on the fake machine. */
export const PROGRAM: Program = { kind: "compiled", path: "/opt/doorward", isOnPath: true };

/** Makes a machine without a home folder, unless the test says otherwise. */
export function fakeSurroundings(options: FakeOptions = {}): FakeSurroundings {
  const out = new MemorySink();
  const err = new MemorySink();
  const listeners = new Set<(signal: Deno.Signal) => void>();
  const proxies: FakeProxy[] = [];
  const clock = new FakeClock();
  return {
    env: {},
    os: "linux",
    systemFolder: null,
    workers: null,
    cwd: Deno.cwd,
    terminal: makeTerminal(out, err, false, clock),
    stdin: { read: () => Promise.resolve(null) },
    stdout: { write: () => Promise.reject(new Error("This test writes no bytes")) },
    stdinIsTerminal: false,
    terminalIsGone: () => false,
    pushInput: () => {},
    pid: 4711,
    startHelper: () => {
      throw new Deno.errors.NotFound("This test helps itself");
    },
    serveAdmin: (at) =>
      Promise.resolve({
        address: { ip: at.ip, port: at.port || FREE_PORT },
        close: () => Promise.resolve(),
      }),
    signals(names, on): Disposable {
      const listener = (signal: Deno.Signal) => {
        if (names.includes(signal)) on(signal);
      };
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    program: () => PROGRAM,
    spawn: () => {
      throw new Error("This test runs nothing");
    },
    dial: () => Promise.reject(new Error("This test dials nothing")),
    resolve: () => Promise.reject(new Error("This test looks nothing up")),
    clock,
    startTls: () => Promise.reject(new Error("This test speaks no TLS")),
    bindUdp: () => {
      throw new Error("This test sends no datagrams");
    },
    unixSockets: null,
    startDecider: () => {
      throw new Error("This test asks no decider");
    },
    giveUpWriting: () => {},
    instruments: () => Promise.reject(new Error("This test looks at no machine")),
    startProxy: (options) => Promise.resolve(fakeProxy(options, proxies, clock)),
    ...options,
    printed: () => ({ out: out.text, err: err.text }),
    send: (signal) => [...listeners].forEach((listener) => listener(signal)),
    proxies,
  };
}

/** A sink that keeps what is written, at most `bytesAtOnce` of it a call. */
export class MemorySink implements Sink {
  text = "";
  constructor(readonly terminal = false, readonly bytesAtOnce = Infinity) {}

  write(bytes: Uint8Array): Promise<number> {
    const taken = bytes.subarray(0, this.bytesAtOnce);
    this.text += new TextDecoder().decode(taken);
    return Promise.resolve(taken.length);
  }

  isTerminal(): boolean {
    return this.terminal;
  }
}

function fakeProxy(options: ProxyOptions, proxies: FakeProxy[], clock: FakeClock): RunningProxy {
  const deadlines = new Deadlines(clock, reportError);
  const feed = new EventFeed(() => clock.now(), 100, 4);
  const tally = new Tally(() => clock.now());
  const { policy: cell, asking, diagnose } = options;
  const replaced = () => 0;
  const policy = new LivePolicy({ cell, clock, deadlines, feed, tally, replaced });
  const limits = new LimitCounter(options.limits, () => clock.monotonic(), diagnose);
  const reached: Reached = (limit) => limits.reached(limit);
  const shutdowns: number[] = [];
  const closed = Promise.withResolvers<void>();
  proxies.push({ options, shutdowns, finish: closed.resolve });
  const shutdown = (graceMs: number): Promise<void> => {
    shutdowns.push(graceMs);
    if (graceMs === 0) closed.resolve();
    return closed.promise;
  };
  const address = { ip: options.listen.ip, port: options.listen.port || FREE_PORT };
  return {
    address,
    socksAddress: options.socks === "shared" ? address : options.socks,
    connections: 2,
    blocked: new BlockedBuffer(options.blockedCapacity),
    policy,
    questions: new Questions({ ...asking, policy, clock, deadlines, feed, reached, diagnose }),
    live: new LiveConnections(() => clock.now(), () => {}),
    feed,
    tally,
    limits,
    audit: new AuditLog({ ...options.audit, now: () => clock.now(), instance: "i1" }),
    addListener: () => {
      throw new Error("This proxy listens where it listens");
    },
    shutdown,
    [Symbol.asyncDispose]: () => shutdown(0),
  };
}

/** Lets everything that can go on without us go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}
