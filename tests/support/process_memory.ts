/** Why tests that read /proc are ignored; null where they are not. */
export const NO_PROC: string | null = Deno.build.os === "linux"
  ? null
  : "only on Linux: reads /proc";

/** How much memory a process holds, in MiB. */
export interface ProcessMemory {
  readonly now: number;
  /** The most it ever held. */
  readonly peak: number;
}

/** Reads the resident memory of a process (proc_pid_status(5)). */
export async function processMemory(pid: number): Promise<ProcessMemory> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const mib = (key: string) => {
    const line = new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(status);
    if (line === null) throw new Error(`Cannot read the memory of ${pid}: there is no ${key}`);
    return Number(line[1]) / 1024;
  };
  return { now: mib("VmRSS"), peak: mib("VmHWM") };
}

/** How many file descriptors a process has open. */
export async function descriptorCount(pid: number): Promise<number> {
  const entries = await Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`));
  return entries.length;
}

/** What the kernel may hold of one TCP connection: all that its sender and its receiver buffer, in bytes. */
export async function tcpBuffersMax(): Promise<number> {
  const max = async (name: string) => {
    const text = await Deno.readTextFile(`/proc/sys/net/ipv4/${name}`);
    return Number(text.trim().split(/\s+/)[2]);
  };
  return await max("tcp_rmem") + await max("tcp_wmem");
}
