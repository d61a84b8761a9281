import { processStats, processTree } from "./cpu.ts";

/**
 * The memory that a proxy and its children hold now, in MB (a million bytes). What several processes share counts
 * once (proc_pid_smaps(5), Pss); of one alone it is its resident memory. Null where there is no /proc.
 */
export async function residentMb(root: number): Promise<number | null> {
  const tree = processTree(await processStats(), root);
  if (tree.length === 0) return null;
  const isAlone = tree.length === 1;
  const parts = await Promise.all(tree.map(async ({ pid }) => {
    const text = await Deno.readTextFile(`/proc/${pid}/smaps_rollup`).catch(() => {
      // It has ended meanwhile.
      return "";
    });
    return memoryKb(text, isAlone ? "Rss" : "Pss");
  }));
  return parts.reduce((sum, kb) => sum + kb, 0) * 1024 / 1e6;
}

/** A value of `smaps_rollup`, in KiB; nought where there is none. */
export function memoryKb(text: string, key: "Rss" | "Pss"): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(text)?.[1] ?? 0);
}
