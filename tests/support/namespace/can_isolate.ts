/** Whether this machine gives a test a network of its own: namespaces, which root may make on Linux. */
export function canIsolate(): boolean {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  return new Deno.Command("sh", {
    args: ["-c", "command -v ip && unshare --net --mount ip link set lo up"],
    stdout: "null",
    stderr: "null",
  }).outputSync().success;
}

/** What a test without that is named with. */
export const NOT_ISOLATED = " (left out: it needs root on Linux, unshare and ip)";
