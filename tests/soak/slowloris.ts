// Hundreds of clients that say a byte every few seconds, at each entrance, and what one that means it well waits for.
import { median } from "../bench/statistics.ts";
import { encode, expectSuccess, HEAD_BYTES_MAX, readHead, send } from "../bench/wire.ts";
import { seededRandom } from "../support/random.ts";
import type { Verdicts } from "./mix.ts";
import type { Scene, SceneLimits } from "./scene.ts";
import { Visit } from "./visit.ts";

/** Room for all of them, and as much time as they have by default. */
export const SLOWLORIS_LIMITS: SceneLimits = { headSeconds: 10, idleSeconds: 300 };

const SLOW_CLIENTS = 500;
const OPENED_AT_ONCE = 50;
const BYTE_MS = 3000;
/** How many times the undisturbed wait is still no disturbance. */
const RATIO_MAX = 2;
/** The rest between two requests of the client that is measured. */
const REST_MS = 10;

/** Where they come in: what they have said at once, if anything, and what they say then, a byte at a time. */
interface Entrance {
  readonly name: string;
  readonly open: (visit: Visit) => Promise<Deno.TcpConn>;
  readonly bytes: (scene: Scene) => Uint8Array;
}

const ENTRANCES: readonly Entrance[] = [
  {
    name: "a head of plain HTTP",
    open: (visit) => visit.connect(),
    bytes: ({ origin }) => encode(`GET http://127.0.0.1:${origin.http}/ HTTP/1.1\r\nX: ${LONG}`),
  },
  {
    name: "a head of CONNECT",
    open: (visit) => visit.connect(),
    bytes: ({ origin }) => encode(`CONNECT 127.0.0.1:${origin.echo} HTTP/1.1\r\nX: ${LONG}`),
  },
  {
    name: "a greeting of SOCKS5",
    open: (visit) => visit.connect(visit.scene.socks),
    bytes: () => new Uint8Array([5, 255, ...new Array(254).fill(1)]),
  },
  {
    name: "a ClientHello in a tunnel",
    open: (visit) => visit.tunnel(`localhost:${visit.scene.origin.https}`),
    bytes: () => new Uint8Array([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, ...new Array(256).fill(7)]),
  },
];

const LONG = "x".repeat(256);

/** Runs it: undisturbed and disturbed at each entrance in turn. */
export async function slowloris(
  scene: Scene,
  seconds: number,
  tell: (value: unknown, text: string) => void,
): Promise<Verdicts> {
  const random = seededRandom(1);
  const ask = await asking(new Visit(scene, random));
  // Not counted: what compiles as it runs.
  await waits(ask, 3000);
  const lines: string[] = [];
  let ok = true;
  for (const entrance of ENTRANCES) {
    const before = median(await waits(ask, seconds * 500));
    const crowd = new Crowd(scene, entrance);
    await crowd.gather();
    const during = median(await waits(ask, seconds * 1000));
    const { opened } = await crowd.disperse();
    const ratio = during / before;
    ok &&= ratio <= RATIO_MAX;
    const line =
      `${entrance.name}: ${before.toFixed(2)} ms alone, ${during.toFixed(2)} ms beside ` +
      `${SLOW_CLIENTS} slow clients (${opened} in all, as they are dropped): ${ratio.toFixed(2)}`;
    tell({ entrance: entrance.name, before, during, ratio, opened }, line);
    if (ratio > RATIO_MAX) lines.push(`${entrance.name}: ${ratio.toFixed(2)}, not ${RATIO_MAX}`);
  }
  return { lines, ok };
}

/** Slow clients, as many at any time: whoever is dropped comes again. */
class Crowd {
  readonly #scene: Scene;
  readonly #entrance: Entrance;
  readonly #visits = new Set<Visit>();
  #isOver = false;
  #opened = 0;
  #clients: Promise<void>[] = [];

  constructor(scene: Scene, entrance: Entrance) {
    this.#scene = scene;
    this.#entrance = entrance;
  }

  async gather(): Promise<void> {
    while (this.#clients.length < SLOW_CLIENTS) {
      const first = Array.from({ length: OPENED_AT_ONCE }, () => Promise.withResolvers<void>());
      for (const { resolve } of first) this.#clients.push(this.#comeAgain(resolve));
      await Promise.all(first.map(({ promise }) => promise));
    }
  }

  async disperse(): Promise<{ readonly opened: number }> {
    this.#isOver = true;
    for (const visit of this.#visits) visit.leave();
    await Promise.all(this.#clients);
    return { opened: this.#opened };
  }

  async #comeAgain(here: () => void): Promise<void> {
    while (!this.#isOver) {
      const visit = new Visit(this.#scene, seededRandom(1));
      this.#visits.add(visit);
      try {
        const conn = await this.#entrance.open(visit);
        this.#opened += 1;
        here();
        await this.#dribble(visit, conn);
      } catch {
        // It was dropped, which is what limits are for.
      } finally {
        visit.leave();
        this.#visits.delete(visit);
      }
    }
    here();
  }

  async #dribble(visit: Visit, conn: Deno.TcpConn): Promise<void> {
    let isDropped = false;
    const dropped = conn.read(new Uint8Array(HEAD_BYTES_MAX)).catch(() => null).then(() => {
      isDropped = true;
    });
    for (const byte of this.#entrance.bytes(this.#scene)) {
      await conn.write(new Uint8Array([byte]));
      await Promise.race([visit.pause(BYTE_MS), dropped]);
      if (isDropped || this.#isOver) return;
    }
  }
}

async function asking(visit: Visit): Promise<() => Promise<void>> {
  const conn = await visit.connect();
  const authority = `127.0.0.1:${visit.scene.origin.http}`;
  const request = encode(`GET http://${authority}/small HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const buffer = new Uint8Array(HEAD_BYTES_MAX);
  return async () => {
    await send(conn, request);
    const head = expectSuccess(await readHead(conn, buffer));
    let left = Number(/content-length: (\d+)/.exec(head.text)![1]) - (head.held - head.bytes);
    while (left > 0) left -= await conn.read(buffer) ?? Infinity;
  };
}

/** How long each request took, for so long. */
async function waits(ask: () => Promise<void>, ms: number): Promise<readonly number[]> {
  const took: number[] = [];
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const start = performance.now();
    await ask();
    took.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  return took;
}
