import { descriptorCount, processMemory } from "../support/process_memory.ts";
import type { Scene } from "./scene.ts";

/** What Doorward is at one moment. */
export interface Sample {
  readonly rssMib: number;
  readonly descriptors: number;
  readonly threads: number;
  /** Client connections, as /health says. */
  readonly connections: number;
  /** How long that answer took: everything else waits as long. */
  readonly healthMs: number;
}

/** Looks. */
export async function sample({ pid, admin }: Scene): Promise<Sample> {
  const start = performance.now();
  const response = await fetch(`http://127.0.0.1:${admin}/health`);
  const { connections } = await response.json();
  const healthMs = performance.now() - start;
  const [{ now }, descriptors, threads] = await Promise.all([
    processMemory(pid),
    descriptorCount(pid),
    threadCount(pid),
  ]);
  return { rssMib: now, descriptors, threads, connections, healthMs };
}

async function threadCount(pid: number): Promise<number> {
  const entries = await Array.fromAsync(Deno.readDir(`/proc/${pid}/task`));
  return entries.length;
}
