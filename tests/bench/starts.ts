// How long each proxy takes to be of use, and what it holds then.
import { type Contender, type ContenderName, offers, portFor } from "./contenders.ts";
import { Course } from "./course.ts";
import type { Route } from "./job.ts";
import type { Progress } from "./progress.ts";
import { residentMb } from "./resident.ts";
import { median } from "./statistics.ts";
import { encode, expectSuccess, HEAD_BYTES_MAX, readHead, send } from "./wire.ts";
import type { Origin } from "./workers.ts";

/** The middle of several starts of one proxy. */
export interface Starts {
  readonly contender: ContenderName;
  /** From the start of its process until it accepts. */
  readonly acceptsMs: number;
  /** From there until the head of the first response has come through it. */
  readonly firstResponseMs: number;
  /** What it holds then, in MB. */
  readonly rssMb: number;
}

/** Starts one anew so many times; null for one without a process. */
export async function measureStarts(
  contender: Contender,
  origin: Origin,
  times: number,
  progress: Progress,
): Promise<Starts | null> {
  const { name } = contender;
  const accepts: number[] = [];
  const responses: number[] = [];
  const sizes: number[] = [];
  for (let time = 1; time <= times; time++) {
    accepts.push(await contender.restart());
    const begin = performance.now();
    await firstResponse(contender, origin);
    responses.push(performance.now() - begin);
    const size = contender.pid === null ? null : await residentMb(contender.pid);
    if (size === null) return null;
    sizes.push(size);
  }
  const starts = {
    contender: name,
    acceptsMs: median(accepts),
    firstResponseMs: median(responses),
    rssMb: median(sizes),
  };
  progress.step(
    `start      ${name.padEnd(15)}  accepts after ${starts.acceptsMs.toFixed(0)} ms, first ` +
      `response ${starts.firstResponseMs.toFixed(1)} ms later, ${starts.rssMb.toFixed(0)} MB`,
  );
  return starts;
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
