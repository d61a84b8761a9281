import type { Needed } from "./client_world.ts";
import { onLowPort } from "./low_port.ts";
import { type RunningProgram, runProgram, startProgram, whereIs } from "./programs.ts";
import type { Scratch } from "./scratch.ts";

/** A server of ssh for whoever runs the tests, at two addresses of this machine. */
export interface SshServer extends AsyncDisposable {
  readonly port: number;
  /** Who may log in. */
  readonly user: string;
  /** What `ssh` is told so that it uses the key of the test, trusts the server and reads no files. */
  readonly options: readonly string[];
  /** How many connections it has had. */
  connections(): number;
}

const SSHD = whereIs("sshd");

/** What a test with such a server needs. The program is `ssh`. */
export const SSH: Needed = {
  name: "ssh",
  program: SSHD === null || whereIs("ssh-keygen") === null ? null : whereIs("ssh"),
  wanted: "openssh-server and openssh-client",
};

/** Starts one, at a free port of each of `addresses`. */
export async function startSshServer(
  scratch: Scratch,
  addresses: readonly string[],
): Promise<SshServer> {
  const hostKey = await makeKey("host_key", scratch);
  const key = await makeKey("user_key", scratch);
  const user = (await runProgram(["id", "-un"], scratch)).stdout.trim();
  // As root it keeps what it has yet to judge away from itself, in this folder.
  if (user === "root") await Deno.mkdir("/run/sshd", { recursive: true });
  const port = freePort(addresses[0]!);
  const config = await scratch.write(
    "sshd_config",
    `${addresses.map((address) => `ListenAddress ${address}\n`).join("")}Port ${port}
HostKey ${hostKey}
AuthorizedKeysFile ${key}.pub
AuthenticationMethods publickey
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PidFile none
LogLevel VERBOSE
`,
  );
  const program = startProgram([SSHD!, "-D", "-e", "-f", config], scratch);
  await untilItListens(program, addresses);
  return {
    port,
    user,
    options: [
      ...["-F", "none", "-i", key],
      ...[
        "BatchMode=yes",
        "IdentitiesOnly=yes",
        "LogLevel=ERROR",
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
      ].flatMap((option) => ["-o", option]),
    ],
    connections: () => program.stderr.text.split("Connection from ").length - 1,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

async function untilItListens(
  program: RunningProgram,
  addresses: readonly string[],
): Promise<void> {
  try {
    for (const address of addresses) {
      await program.stderr.until(RegExp(`listening on ${RegExp.escape(address)} port`));
    }
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
}

async function makeKey(name: string, scratch: Scratch): Promise<string> {
  const file = `${scratch.folder}/${name}`;
  const words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file];
  const { code, stderr } = await runProgram(words, scratch);
  if (code !== 0) throw new Error(`Cannot make a key: ${stderr}`);
  return file;
}

/** A port that was free just now. */
function freePort(hostname: string): number {
  using listener = onLowPort((port) => Deno.listen({ hostname, port }));
  return listener.addr.port;
}
