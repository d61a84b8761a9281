// What a proxy holds for tunnels in which nobody speaks, and what it gives back.
import { type Contender, type ContenderName, offers, portFor } from "./contenders.ts";
import type { Route } from "./job.ts";
import type { Progress } from "./progress.ts";
import { residentMb } from "./resident.ts";
import type { Load, Origin } from "./workers.ts";

/** What so many tunnels came to, in MB. */
export interface HeldTunnels {
  readonly contender: ContenderName;
  /** How many were to be opened, and how many stood in the end. */
  readonly wanted: number;
  readonly held: number;
  /** Before, with them, and after all are closed. */
  readonly idleMb: number;
  readonly heldMb: number;
  readonly afterMb: number;
  /** What each took, in KB. */
  readonly eachKb: number;
  /** The share of it that is given back. */
  readonly returned: number;
}

/** What opens them, where they lead, and who is told. */
interface Around {
  readonly load: Load;
  readonly origin: Origin;
  readonly progress: Progress;
}

/** How long they may take to open. */
const OPEN_MS = 20_000;
/** How long a process is left alone before it is looked at. */
const SETTLE_MS = 500;
/** What is beside tunnels: files, listeners, sockets of the runtime. */
const OTHER_DESCRIPTORS = 200;

/** As many as can be: a tunnel takes two of the descriptors that a process may have. */
export async function tunnelsPossible(wanted: number): Promise<number> {
  const limits = await Deno.readTextFile("/proc/self/limits").catch(() => "");
  const most = Number(/^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1] ?? 0);
  return Math.min(wanted, Math.floor((most - OTHER_DESCRIPTORS) / 2));
}

/** By what a contender opens tunnels; null where it has none. */
export function tunnelRoute(name: ContenderName): Route | null {
  if (name === "direct") return null;
  if (offers(name, "connect")) return "connect";
  return offers(name, "socks5") ? "socks5" : null;
}

/** Starts one anew and opens so many tunnels; null where that cannot be done. */
export async function holdTunnels(
  contender: Contender,
  wanted: number,
  closedMs: number,
  { load, origin, progress }: Around,
): Promise<HeldTunnels | null> {
  const route = tunnelRoute(contender.name);
  if (route === null || load.hold === null) return null;
  await contender.restart();
  await wait(SETTLE_MS);
  const idleMb = await memory(contender);
  const proxy = portFor(contender, route);
  const { held, faults, fault } = await load.hold({
    ...{ route, connections: wanted, ms: OPEN_MS, origin: origin.ports, proxy },
  });
  await wait(SETTLE_MS);
  const heldMb = await memory(contender);
  await load.release();
  await wait(closedMs);
  const afterMb = await memory(contender);
  const eachKb = held === 0 ? NaN : (heldMb - idleMb) * 1000 / held;
  const returned = heldMb <= idleMb ? 1 : (heldMb - afterMb) / (heldMb - idleMb);
  progress.step(
    `tunnels    ${contender.name.padEnd(15)}  ${held} of ${wanted} idle: ${idleMb.toFixed(0)} MB ` +
      `before, ${heldMb.toFixed(0)} with them (${eachKb.toFixed(1)} KB each), ` +
      `${afterMb.toFixed(0)} after${faults === 0 ? "" : `; ${faults} failed: ${fault}`}`,
  );
  return { contender: contender.name, wanted, held, idleMb, heldMb, afterMb, eachKb, returned };
}

async function memory({ name, pid }: Contender): Promise<number> {
  const mb = pid === null ? null : await residentMb(pid);
  if (mb === null) throw new Error(`Cannot read the memory of ${name}: it has no process`);
  return mb;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
