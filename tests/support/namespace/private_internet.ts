// A network namespace in which every address of the internet is this machine, and every name is ours.

/** Whether this machine can make one, and what to add to the name of a test where it cannot. */
export const NO_NAMESPACE = canIsolate()
  ? { ignore: false, why: "" }
  : { ignore: true, why: " (needs root on Linux, unshare and ip)" };

/**
 * Runs a program of the tests in one, with one argument. Resolves to the JSON that it prints. Its DNS server is to be
 * started by itself, on 127.0.0.1:53.
 */
export async function inPrivateInternet<T>(program: string, argument: unknown): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/resolv.conf`,
      "nameserver 127.0.0.1\nsearch evil.test\noptions attempts:1 ndots:5\n",
    );
    const script = [
      "set -e",
      "ip link set lo up",
      "ip route add local 0.0.0.0/0 dev lo",
      "ip -6 route add local ::/0 dev lo || true",
      'mount --bind "$1/resolv.conf" "$(readlink -f /etc/resolv.conf)"',
      'exec "$2" run --quiet --no-prompt -A --cached-only "$3" "$4"',
    ].join("\n");
    const path = new URL(program, import.meta.url).pathname;
    const { success, stdout, stderr } = await new Deno.Command("unshare", {
      args: [
        ...["--net", "--mount", "sh", "-c", script, "sh"],
        ...[folder, Deno.execPath(), path, JSON.stringify(argument)],
      ],
      // Deno's own look for a newer version would be among what was looked up.
      env: { DENO_NO_UPDATE_CHECK: "1" },
      stdout: "piped",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function canIsolate(): boolean {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  return new Deno.Command("sh", {
    args: ["-c", "command -v ip && unshare --net --mount ip link set lo up"],
    stdout: "null",
    stderr: "null",
  }).outputSync().success;
}
