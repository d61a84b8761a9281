import { isBulk, type Job } from "./job.ts";

/** What a job is told from: a row has it, too. */
type Task = Pick<Job, "work" | "route" | "connections">;

/** Whether the load generator in C does it: it speaks no TLS and no datagrams. */
export function isNative({ work, route }: Task): boolean {
  return route === "forward" || route === "connect" || route === "socks5"
    ? work !== "visits" && work !== "datagrams"
    : false;
}

/** Whether no other does it: the one in TypeScript counts whole transfers, and does not know the newer works. */
export function needsNative({ work, connections }: Task): boolean {
  return work === "closing" || work === "denied" || work === "denied_tunnels" ||
    (isBulk(work) && connections > 1);
}

/** A job as the load generator in C reads it (native/load.c). */
export function jobLine({ work, route, connections, ms, rampMs, proxy, origin }: Job): string {
  const { http, echo, echoOnce } = origin;
  return [work, route, connections, ms, rampMs, proxy ?? 0, http, echo, echoOnce].join(" ");
}

/** Idle tunnels to open, in so many milliseconds at most. */
export type Hold = Omit<Job, "work" | "rampMs" | "window" | "ca">;

/** Has the load generator in C open tunnels and leave them open, for `release`; its answer tells how many stand. */
export function holdLine(job: Hold): string {
  const words = jobLine({ ...job, work: "messages", rampMs: 0, window: 1, ca: "" });
  return words.replace(/^messages/, "hold");
}

/** Has it close them. */
export const RELEASE_LINE = "release connect 1 0 0 0 0 0 0";
