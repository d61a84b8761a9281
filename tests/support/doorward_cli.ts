import denoJson from "../../deno.json" with { type: "json" };
import { type Ended, type RunningProgram, runProgram, startProgram } from "./programs.ts";
import type { Scratch } from "./scratch.ts";

/** How one command line of Doorward is run. */
export interface DoorwardOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: Uint8Array;
}

/** `doorward start` that listens. Disposing of it ends it. */
export interface DoorwardStart extends RunningProgram {
  /** What clients are pointed at. */
  readonly url: string;
  readonly port: number;
  /** Where it speaks SOCKS5. */
  readonly socksPort: number;
  /** Where the admin API listens, on 127.0.0.1. */
  readonly adminPort: number;
}

/** Free ports, and not the ones that somebody else may use. */
export const FREE_PORTS: readonly string[] = [
  "-c",
  "network.proxy_url=http://127.0.0.1:0",
  "-c",
  "network.socks_url=http://127.0.0.1:0",
  "-c",
  "network.admin_url=http://127.0.0.1:0",
];

/** The words that start Doorward, with the permissions that its task has. */
export function doorwardWords(task: "start" | "doorward", args: readonly string[]): string[] {
  const words = denoJson.tasks[task].command.split(" ");
  // Variables stand before it.
  const deno = words.indexOf("deno");
  const main = words.indexOf("main.ts");
  return [
    Deno.execPath(),
    ...words.slice(deno + 1, main),
    `${import.meta.dirname}/../../main.ts`,
    ...words.slice(main + 1),
    ...args,
  ];
}

/** Runs one command line of Doorward to its end. */
export async function doorward(
  args: readonly string[],
  scratch: Scratch,
  options: DoorwardOptions = {},
): Promise<Ended> {
  return await runProgram(doorwardWords("doorward", args), settings(scratch, options));
}

/** Starts one command line of Doorward. */
export function spawnDoorward(
  args: readonly string[],
  scratch: Scratch,
  options: DoorwardOptions = {},
): RunningProgram {
  return startProgram(doorwardWords("doorward", args), settings(scratch, options));
}

/** Runs `doorward start` as its task does, on free ports, SOCKS5 among them. Resolves once it listens. */
export async function startDoorward(
  args: readonly string[],
  scratch: Scratch,
  options: DoorwardOptions = {},
): Promise<DoorwardStart> {
  const program = startProgram(
    doorwardWords("start", [...FREE_PORTS, ...args]),
    settings(scratch, options),
  );
  try {
    const [, url, port] = await program.stderr.until(/ listening on (http:\/\/[^ ]+:(\d+)), /);
    const [, socksPort] = await program.stderr.until(/\n {2}socks {3}socks5h:\/\/[^ ]+:(\d+)[,\n]/);
    const [, adminPort] = await program.stderr.until(/\n {2}admin {3}http:\/\/[^ ]+:(\d+) /);
    return {
      ...program,
      url: url!,
      port: Number(port),
      socksPort: Number(socksPort),
      adminPort: Number(adminPort),
    };
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
}

/** The variables that `doorward env` prints for a proxy that listens there. */
export async function proxyEnv(
  { url, socksPort }: DoorwardStart,
  scratch: Scratch,
): Promise<Readonly<Record<string, string>>> {
  const flags = [
    "-c",
    `network.proxy_url=${url}`,
    "-c",
    `network.socks_url=http://127.0.0.1:${socksPort}`,
  ];
  const { stdout } = await doorward(["env", "--json", ...flags], scratch);
  return JSON.parse(stdout);
}

function settings(scratch: Scratch, { env, ...rest }: DoorwardOptions) {
  return { cwd: scratch.folder, ...rest, env: { ...scratch.env, ...env } };
}
