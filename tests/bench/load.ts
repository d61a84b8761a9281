// The load generator for what the one in C does not do (TLS, HTTP/2, datagrams), and for all where that cannot be
// compiled. A process of its own: takes jobs on standard input, one JSON line each, and answers each with a line on
// standard output. Speaks just enough HTTP to see that it gets what it asked for.
import {
  BULK_BYTES,
  BULK_STEP_BYTES,
  type Job,
  MESSAGE_BYTES,
  type Outcome,
  type Work,
} from "./job.ts";
import { Course } from "./course.ts";
import { datagrams } from "./datagrams.ts";
import { lines } from "./lines.ts";
import { streams } from "./streams.ts";
import { summary } from "./summary.ts";
import {
  drain,
  encode,
  endsConnection,
  expectSuccess,
  HEAD_BYTES_MAX,
  readHead,
  send,
  sendBulk,
} from "./wire.ts";

/** A job that has not ended by itself this long after its time is stuck. */
const STUCK_MS = 5000;
/** How long a proxy may take until all kept connections stand. */
const READY_MS = 20_000;
const STEP = new Uint8Array(BULK_STEP_BYTES);
const MESSAGE = new Uint8Array(MESSAGE_BYTES).fill(0x2e);
const LF = 0x0a;
const D = 0x44;
const TWO = 0x32;

/** What it does; native_load.ts tells what only the other one does. */
const WORKS: Readonly<Partial<Record<Work, (course: Course) => Promise<void>>>> = {
  requests,
  visits,
  tunnels,
  messages,
  download,
  upload,
  datagrams,
};

async function requests(course: Course): Promise<void> {
  if (course.job.route === "intercepted_http2") return await streams(course);
  const request = encode(requestHead(course.job, "GET", "/small"));
  const buffer = new Uint8Array(HEAD_BYTES_MAX);
  let kept = true;
  while (course.on) {
    const conn = ready.get(course) ?? await openKept(course);
    ready.delete(course);
    await send(conn, request);
    const head = expectSuccess(await readHead(conn, buffer));
    await readSmall(conn, buffer, head.held);
    course.lap();
    // A proxy that ends the connection after each answer pays for a new one each time, as it would in use:
    // some say so in the head, some only do it.
    while (course.on && kept && !endsConnection(head)) {
      kept = await repeat(conn, request, buffer);
      if (kept) course.lap();
    }
    course.close(conn);
  }
}

/** Connections that stand before the time begins to count. */
const ready = new WeakMap<Course, Deno.Conn>();

/** Handshakes through a proxy are told in rows of their own: those of kept connections do not count. */
async function prepare(course: Course): Promise<void> {
  const { route, work } = course.job;
  if (route !== "intercepted" || work !== "requests") return;
  const conn = await openKept(course);
  ready.set(course, conn);
  await send(conn, encode(requestHead(course.job, "GET", "/small")));
  const buffer = new Uint8Array(HEAD_BYTES_MAX);
  await readSmall(conn, buffer, expectSuccess(await readHead(conn, buffer)).held);
}

function openKept(course: Course): Promise<Deno.Conn> {
  const { route, origin } = course.job;
  return route === "intercepted" ? course.secure(origin.https) : course.connect(origin.http);
}

/** Asks once more on a connection that may have ended after the last answer. Returns whether it had not. */
async function repeat(
  conn: Deno.Conn,
  request: Uint8Array,
  buffer: Uint8Array,
): Promise<boolean> {
  let count: number | null;
  try {
    await send(conn, request);
    count = await conn.read(buffer);
  } catch {
    return false; // A reset, for having written after the end.
  }
  if (count === null) return false;
  await readSmall(conn, buffer, count);
  return true;
}

async function visits(course: Course): Promise<void> {
  const { httpsNew } = course.job.origin;
  const request = encode(requestHead(course.job, "GET", "/small"));
  const buffer = new Uint8Array(HEAD_BYTES_MAX);
  while (course.on) {
    const conn = await course.secure(httpsNew);
    await send(conn, request);
    const head = expectSuccess(await readHead(conn, buffer));
    await readSmall(conn, buffer, head.held);
    course.close(conn);
    course.lap();
  }
}

async function tunnels(course: Course): Promise<void> {
  const { echoOnce } = course.job.origin;
  const buffer = new Uint8Array(MESSAGE_BYTES);
  while (course.on) {
    const conn = await course.tunnel(echoOnce);
    await send(conn, MESSAGE);
    await drain(conn, MESSAGE_BYTES, buffer);
    // Who closes first keeps the port for a minute (TIME_WAIT): at this pace the machine would run out of
    // them. A server's port is one and the same.
    if ((await conn.read(buffer)) !== null) throw new Error("Cannot go on: the echo is too long");
    course.close(conn);
    course.lap();
  }
}

async function messages(course: Course): Promise<void> {
  const conn = await course.tunnel(course.job.origin.echo);
  const buffer = new Uint8Array(MESSAGE_BYTES);
  while (course.on) {
    await send(conn, MESSAGE);
    await drain(conn, MESSAGE_BYTES, buffer);
    course.lap();
  }
  course.close(conn);
}

async function download(course: Course): Promise<void> {
  const request = encode(requestHead(course.job, "GET", "/bulk"));
  const buffer = new Uint8Array(BULK_STEP_BYTES);
  while (course.on) {
    const conn = await openBulk(course);
    await send(conn, request);
    const head = expectSuccess(await readHead(conn, buffer.subarray(0, HEAD_BYTES_MAX)));
    await drain(conn, BULK_BYTES - (head.held - head.bytes), buffer);
    course.close(conn);
    course.lap();
  }
}

async function upload(course: Course): Promise<void> {
  const length = `Content-Length: ${BULK_BYTES}\r\n`;
  const request = encode(requestHead(course.job, "POST", "/", length));
  const buffer = new Uint8Array(HEAD_BYTES_MAX);
  while (course.on) {
    const conn = await openBulk(course);
    await send(conn, request);
    await sendBulk(conn, STEP);
    const head = expectSuccess(await readHead(conn, buffer));
    await readSmall(conn, buffer, head.held);
    course.close(conn);
    course.lap();
  }
}

function openBulk(course: Course): Promise<Deno.Conn> {
  const { route, origin } = course.job;
  if (route === "intercepted") return course.secure(origin.https);
  return route === "forward" ? course.connect(origin.http) : course.tunnel(origin.http);
}

/** Reads until the body's last bytes are there, behind `held` bytes of it that already are. */
async function readSmall(conn: Deno.Conn, buffer: Uint8Array, held: number): Promise<void> {
  while (held < 4 || buffer[held - 1] !== LF || buffer[held - 2] !== D) {
    const count = await conn.read(buffer.subarray(held));
    if (count === null) throw new Error("Cannot read a response: the connection ended in it");
    held += count;
  }
  if (buffer["HTTP/1.1 ".length] !== TWO) throw new Error("Cannot go on: a response is not 200");
}

function requestHead(
  { proxy, route, origin, work }: Job,
  method: string,
  path: string,
  fields = "",
): string {
  const authority = route === "intercepted"
    ? `localhost:${work === "visits" ? origin.httpsNew : origin.https}`
    : `127.0.0.1:${origin.http}`;
  const target = proxy === null || route !== "forward" ? path : `http://${authority}${path}`;
  return `${method} ${target} HTTP/1.1\r\nHost: ${authority}\r\nUser-Agent: bench/1.0\r\n` +
    `Accept: */*\r\n${fields}\r\n`;
}

/** Works until the time is up, whatever goes wrong with one of them. */
async function run(course: Course): Promise<void> {
  while (course.on) {
    try {
      await WORKS[course.job.work]?.(course);
    } catch (error) {
      course.fault(error);
    }
  }
}

async function perform(job: Job): Promise<Outcome> {
  if (WORKS[job.work] === undefined) return { failed: `"${job.work}" is done in C` };
  const courses = Array.from({ length: job.connections }, () => new Course(job, Infinity));
  const stop = () => courses.forEach((course) => course.stop());
  const patience = setTimeout(stop, READY_MS);
  await Promise.all(courses.map((course) => prepare(course).catch((error) => course.fault(error))));
  clearTimeout(patience);
  const start = performance.now();
  courses.forEach((course) => course.begin(start + job.ms));
  const timer = setTimeout(stop, job.ms + STUCK_MS);
  await Promise.all(courses.map(run));
  clearTimeout(timer);
  return summary(courses, performance.now() - start);
}

if (import.meta.main) {
  for await (const line of lines(Deno.stdin.readable)) {
    const outcome = await perform(JSON.parse(line));
    await Deno.stdout.write(encode(`${JSON.stringify(outcome)}\n`));
  }
}
