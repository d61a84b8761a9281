// How long each proxy takes to be of use, and what it holds when nobody uses it.
import { type Contender, type ContenderName, offers, portFor } from "./contenders.ts";
import { Course } from "./course.ts";
import type { Route } from "./job.ts";
import type { Progress } from "./progress.ts";
import { residentMb } from "./resident.ts";
import type { Runtime, RuntimeName } from "./runtimes.ts";
import { encode, expectSuccess, HEAD_BYTES_MAX, readHead, send } from "./wire.ts";
import type { Origin } from "./workers.ts";

/** One start of one program. */
export interface Start {
  readonly round: number;
  readonly of: ContenderName | RuntimeName;
  /** From the start of its process until it accepts; of a runtime that does nothing, until it has ended. */
  readonly acceptsMs: number;
  /** From the start of its process until the head of the first response has come through it; null for a runtime. */
  readonly respondsMs: number | null;
  /** What it holds after that, left alone, in MB. */
  readonly idleMb: number;
}

/** What is started, and how often. */
export interface StartsOptions {
  readonly contenders: readonly Contender[];
  readonly runtimes: readonly Runtime[];
  readonly rounds: number;
  /** How long all of them are left alone before they are looked at. */
  readonly idleMs: number;
}

/** A start whose memory nobody has looked at yet. */
interface Begun extends Omit<Start, "idleMb"> {
  readonly pid: number;
}

/** Starts everybody anew, one after the other, so many times; those without a process are left out. */
export async function measureStarts(
  { contenders, runtimes, rounds, idleMs }: StartsOptions,
  origin: Origin,
  progress: Progress,
): Promise<readonly Start[]> {
  const starts: Start[] = [];
  for (let round = 1; round <= rounds; round++) {
    await using stack = new AsyncDisposableStack();
    const begun: Begun[] = [];
    for (const { name: of, run, idle } of runtimes) {
      const acceptsMs = await run();
      begun.push({ round, of, acceptsMs, respondsMs: null, pid: stack.use(await idle()).pid });
    }
    for (const contender of contenders) {
      const acceptsMs = await contender.restart();
      const begin = performance.now();
      await firstResponse(contender, origin);
      const respondsMs = acceptsMs + performance.now() - begin;
      const { name: of, pid } = contender;
      if (pid !== null) begun.push({ round, of, acceptsMs, respondsMs, pid });
    }
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    for (const { pid, ...start } of begun) {
      const idleMb = await residentMb(pid);
      progress.step(stepLine({ ...start, idleMb: idleMb ?? NaN }));
      if (idleMb !== null) starts.push({ ...start, idleMb });
    }
  }
  return starts;
}

function stepLine({ round, of, acceptsMs, respondsMs, idleMb }: Start): string {
  const response = respondsMs === null ? "" : `, first response after ${respondsMs.toFixed(1)} ms`;
  return `start ${round}    ${of.padEnd(15)}  ${acceptsMs.toFixed(1)} ms${response}, ` +
    `${idleMb.toFixed(0)} MB`;
}

/** One request, by plain HTTP where that is spoken. */
async function firstResponse(contender: Contender, origin: Origin): Promise<void> {
  const isSocks = offers(contender.name, "socks5") && !offers(contender.name, "forward");
  const route: Route = isSocks ? "socks5" : "forward";
  const course = new Course({
    ...{ work: "requests", route, connections: 1, window: 1, ms: 0, rampMs: 0, ca: "" },
    ...{ origin: origin.ports, proxy: portFor(contender, route) },
  }, Infinity);
  try {
    const { http } = origin.ports;
    const conn = isSocks ? await course.tunnel(http) : await course.connect(http);
    const authority = `127.0.0.1:${http}`;
    const target = isSocks ? "/small" : `http://${authority}/small`;
    await send(conn, encode(`GET ${target} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`));
    expectSuccess(await readHead(conn, new Uint8Array(HEAD_BYTES_MAX)));
  } finally {
    course.closeAll();
  }
}
