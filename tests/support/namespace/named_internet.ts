import { makeAuthority } from "../authority.ts";
import { doorwardWords } from "../doorward_cli.ts";
import { makeRepository } from "../git_server.ts";
import { type RunningProgram, runProgram, startProgram } from "../programs.ts";
import { makeScratch, type Scratch } from "../scratch.ts";
import { GIT_REPOSITORIES, SITES } from "./sites.ts";

/**
 * A network of its own, in which real names lead to servers of ours: what a page says is done there as it is
 * written. Ports 3128, 8080 and 8081 are free, `doorward` is on the PATH, and the configuration is that of a
 * home with nothing in it. Disposing of it ends it.
 */
export interface NamedInternet extends AsyncDisposable {
  readonly scratch: Scratch;
  /** The folder of a clone, into which files may be written. */
  readonly clone: string;
  /** Starts a program inside, in a folder. */
  start(words: readonly string[], cwd: string): RunningProgram;
  /** What arrived at the sites so far, as `GET example.com/path`. */
  arrived(): Promise<string[]>;
}

/** A daemon that listens at a Unix socket there. */
const SOCKET = "/run/docker.sock";

/** `$1` is a folder with what is put over files of the system; the rest is the internet's command line. */
const SET_UP = `set -e
ip link set lo up
ip route add local 0.0.0.0/0 dev lo
ip -6 route add local ::/0 dev lo || true
resolv=$(readlink -f /etc/resolv.conf)
mount -t tmpfs tmpfs /run
mkdir -p "$(dirname "$resolv")"
[ -e "$resolv" ] || : > "$resolv"
mount --bind "$1/resolv.conf" "$resolv"
mount --bind "$1/roots.pem" "$(readlink -f /etc/ssl/certs/ca-certificates.crt)"
shift
exec "$@"`;

/** What a clone has that commands need. */
const CLONED = ["main.ts", "deno.json", "deno.lock", "src", "types"];
/** What of it is copied: examples are tried where they lie, and leave files there. */
const EXAMPLES = "docs/examples";

const root = new URL("../../../", import.meta.url).pathname;

/** Goes to a folder that the namespace forgot, and starts a program there. */
const IN_FOLDER = 'cd "$0" && exec "$@"';

/** Makes one. */
export async function makeNamedInternet(): Promise<NamedInternet> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const { folder } = scratch;
  const authority = await makeAuthority(SITES.map((host) => `DNS:${host}`), scratch);
  await scratch.write("roots.pem", authority.ca);
  for (const name of GIT_REPOSITORIES) await makeRepository(scratch, `${name}.git`);
  await scratch.write("resolv.conf", "nameserver 127.0.0.1\noptions attempts:1\n");
  await scratch.write("home/.curlrc", "# As on a terminal: no progress.\nsilent\nshow-error\n");
  await scratch.write("home/.npmrc", "audit = false\nfund = false\nupdate-notifier = false\n");
  await writeProgram(`${folder}/bin/doorward`, doorwardWords("doorward", []));
  await writeProgram(`${folder}/bin/deno`, [Deno.execPath()]);
  // `npx -y deno@VERSION` would download it.
  await writeProgram(`${folder}/bin/npx`, ["sh", "-c", 'shift 2; exec deno "$@"', "sh"]);
  const clone = `${folder}/doorward`;
  await Deno.mkdir(clone);
  await Promise.all(CLONED.map((name) => Deno.symlink(root + name, `${clone}/${name}`)));
  await Deno.mkdir(`${clone}/docs`);
  const copied = await runProgram(["cp", "-R", root + EXAMPLES, `${clone}/docs`], scratch);
  if (copied.code !== 0) throw new Error(`Cannot copy the examples: ${copied.stderr}`);
  const { DOORWARD_HOME: _, ...user } = scratch.env;
  const env = {
    ...user,
    PATH: `${folder}/bin:${user["PATH"]}`,
    // Node brings authorities of its own; this one of the test is added to them.
    NODE_EXTRA_CA_CERTS: authority.caFile,
    // Deno's own look for a newer version would be among what was looked up.
    DENO_NO_UPDATE_CHECK: "1",
  };
  const script = `${import.meta.dirname}/internet.ts`;
  const deno = [Deno.execPath(), "run", "--quiet", "--no-prompt", "-A", "--no-check", script];
  const servers = stack.use(startProgram([
    ...["unshare", "--net", "--mount", "sh", "-c", SET_UP, "sh", folder],
    ...[...deno, folder, SOCKET],
  ], { env }));
  await servers.stdout.until(/^ready\n/);
  const enter = ["nsenter", "--target", String(servers.pid), "--net", "--mount"];
  let marks = 0;
  const owned = stack.move();
  return {
    scratch,
    clone,
    start: (words, cwd) => startProgram([...enter, "sh", "-c", IN_FOLDER, cwd, ...words], { env }),
    async arrived(): Promise<string[]> {
      // What it has said before it gives this back has been read by then.
      const mark = `mark ${marks += 1}\n`;
      await servers.stdin.write(new TextEncoder().encode(mark));
      await servers.stdout.until(RegExp(mark));
      const lines = servers.stdout.text.trimEnd().split("\n");
      return lines.filter((line) => /^[A-Z]+ /.test(line));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function writeProgram(file: string, words: readonly string[]): Promise<void> {
  await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  await Deno.writeTextFile(file, `#!/bin/sh\nexec ${quoted.join(" ")} "$@"\n`, { mode: 0o755 });
}
