// As many idle tunnels as are asked for: what each costs, and what is left when they are closed.
import { seededRandom } from "../support/random.ts";
import type { Verdicts } from "./mix.ts";
import { sample } from "./sample.ts";
import type { Scene, SceneLimits } from "./scene.ts";
import { Visit } from "./visit.ts";

const OPENED_AT_ONCE = 50;
/** Not counted: what a process takes for its first ones. */
const WARM_UP = 50;
/** A heap that is collected now and then goes up and down: fewer would show only the way up. */
const ROUNDS = 14;
const HOLD_MS = 1000;
const CLOSING_MS = 30_000;
const POLL_MS = 200;
/** What a tunnel may take in any round, with what the heap still has of the rounds before. */
const TUNNEL_MAX_KIB = 96;

/** So many have to be open for a bound on each to mean anything. */
const COUNT_JUDGED = 2000;
/** What a look at the process takes by itself: a call to the admin API that is not closed yet. */
const LOOK_DESCRIPTORS = 4;

/** Room for all of them, and so much time that none is closed for being idle. */
export function tunnelsLimits(count: number): SceneLimits {
  return { connections: count + 100, idleSeconds: 3600 };
}

/** What is beside tunnels: files, listeners, sockets of the runtime. */
const OTHER_DESCRIPTORS = 150;

/** What is wrong with so many where a process may have so many descriptors: a tunnel takes two of them. */
export function tooMany(count: number, descriptorsMax: number): string | null {
  const most = Math.floor((descriptorsMax - OTHER_DESCRIPTORS) / 2);
  if (count <= most) return null;
  return `Cannot open ${count} tunnels: a process may have ${descriptorsMax} descriptors here, which ` +
    `do for ${most} (ulimit -n ${2 * count + OTHER_DESCRIPTORS})`;
}

/** Runs it. */
export async function tunnels(
  scene: Scene,
  count: number,
  tell: (value: unknown, text: string) => void,
): Promise<Verdicts> {
  const fault = tooMany(count, await descriptorsMax(scene.pid));
  if (fault !== null) return { lines: [fault], ok: false };
  (await open(scene, WARM_UP)).leave();
  await untilConnections(scene, 0);
  const idle = await sample(scene);
  const left: number[] = [];
  const costs: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const start = performance.now();
    const visit = await open(scene, count);
    const seconds = (performance.now() - start) / 1000;
    await visit.pause(HOLD_MS);
    const held = await sample(scene);
    visit.leave();
    await untilConnections(scene, 0);
    const after = await sample(scene);
    left.push(after.descriptors - idle.descriptors);
    const each = (held.rssMib - idle.rssMib) * 1024 / count;
    costs.push(each);
    tell(
      { round, count, seconds, idle, held, after },
      `round ${round}: ${count} tunnels in ${seconds.toFixed(1)} s: ${
        idle.rssMib.toFixed(0)
      } MiB ` +
        `before, ${held.rssMib.toFixed(0)} with them (${each.toFixed(1)} KiB each), ` +
        `${after.rssMib.toFixed(0)} after; descriptors ${idle.descriptors}, ${held.descriptors}, ` +
        `${after.descriptors}; /health in ${held.healthMs.toFixed(0)} ms beside them`,
    );
  }
  const lines: string[] = [];
  if (left.some((count) => count > LOOK_DESCRIPTORS)) {
    lines.push(`descriptors are left: ${left.join(", ")}`);
  }
  const most = Math.max(...costs);
  // Of few of them the heap's own ups and downs are more than they take.
  if (count >= COUNT_JUDGED && most > TUNNEL_MAX_KIB) {
    lines.push(`a tunnel took ${most.toFixed(0)} KiB, not ${TUNNEL_MAX_KIB}`);
  }
  return { lines, ok: lines.length === 0 };
}

async function open(scene: Scene, count: number): Promise<Visit> {
  const visit = new Visit(scene, seededRandom(1));
  const authority = `127.0.0.1:${scene.origin.echo}`;
  for (let opened = 0; opened < count; opened += OPENED_AT_ONCE) {
    const batch = Math.min(OPENED_AT_ONCE, count - opened);
    await Promise.race([
      Promise.all(Array.from({ length: batch }, () => visit.tunnel(authority))),
      scene.lost,
    ]);
  }
  return visit;
}

async function untilConnections(scene: Scene, wanted: number): Promise<void> {
  const end = performance.now() + CLOSING_MS;
  while ((await sample(scene)).connections > wanted) {
    if (performance.now() > end) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function descriptorsMax(pid: number): Promise<number> {
  const limits = await Deno.readTextFile(`/proc/${pid}/limits`);
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
}
