/** What the system says of one process (proc_pid_stat(5)), as much as is read here. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** The time it was run for, by itself and by its children that have ended, in ticks. */
  readonly ticks: number;
}

/** How long a tick is: Linux tells programs of hundredths of a second, whatever it counts in. */
export const TICK_MS = 10;

/** Reads one line of `/proc/PID/stat`; null when it is none. */
export function parseStat(line: string): ProcessStat | null {
  // The name stands in parentheses, and may have some in it, and spaces.
  const match = /^(\d+) \(.*\) \S (\d+) (.*)$/s.exec(line.trim());
  if (match === null) return null;
  const [, pid, parent, rest = ""] = match;
  // utime, stime, cutime and cstime are the 14th to the 17th; the fifth is the first of the rest.
  const times = rest.split(" ").slice(9, 13).map(Number);
  if (times.length !== 4 || times.some(Number.isNaN)) return null;
  return {
    pid: Number(pid),
    parent: Number(parent),
    ticks: times.reduce((sum, time) => sum + time, 0),
  };
}

/** A process and all that it has started, and they have. */
export function processTree(stats: readonly ProcessStat[], root: number): readonly ProcessStat[] {
  const found = stats.filter(({ pid }) => pid === root);
  for (const { pid } of found) found.push(...stats.filter(({ parent }) => parent === pid));
  return found;
}

/** What all processes of a tree have been run for until now, in milliseconds; null where there is no /proc. */
export async function cpuMs(root: number): Promise<number | null> {
  const tree = processTree(await processStats(), root);
  if (tree.length === 0) return null;
  return TICK_MS * tree.reduce((sum, { ticks }) => sum + ticks, 0);
}

/** All processes there are. */
export async function processStats(): Promise<readonly ProcessStat[]> {
  if (Deno.build.os !== "linux") return [];
  const stats: ProcessStat[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = await Deno.readTextFile(`/proc/${name}/stat`).catch(() => {
      // It has ended meanwhile.
      return "";
    });
    const stat = parseStat(line);
    if (stat !== null) stats.push(stat);
  }
  return stats;
}
