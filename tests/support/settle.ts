import { assertEquals } from "@std/assert";
import { descriptorCount } from "./process_memory.ts";

/** One request and its answer, on a connection kept for the purpose: what time is measured in. */
export type Pulse = () => Promise<void>;

/** Connections that are not closed after so many requests on another one never will be. */
const CLOSING_ROUND_TRIPS = 2000;

/** Waits until a process has so many descriptors. */
export async function untilDescriptors(pid: number, wanted: number, pulse: Pulse): Promise<void> {
  let count = await descriptorCount(pid);
  for (let trips = 0; count !== wanted && trips < CLOSING_ROUND_TRIPS; trips++) {
    await pulse();
    count = await descriptorCount(pid);
  }
  assertEquals(count, wanted);
}

/** Says what was measured, so that a bound can be judged by the test's output. */
export function note(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
