// `deno task soak`: Doorward for a long time, or under clients that mean it ill, on this machine. Tells whether it grows.
// Says nothing about how fast it is: that is the bench.
import type { Children } from "../bench/child.ts";
import { untilSignal } from "../bench/until_signal.ts";
import { NO_PROC } from "../support/process_memory.ts";
import { type Line, mix, type Verdicts } from "./mix.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { startScene } from "./scene.ts";
import { slowloris, SLOWLORIS_LIMITS } from "./slowloris.ts";
import { tunnels, tunnelsLimits } from "./tunnels.ts";

const EXIT_GROWS = 1;
const EXIT_USAGE = 2;

const HEADING = "   time     RSS  descriptors  threads  connections  /health  requests  errors";

async function soak({ what, seed, json }: Options, children: Children): Promise<Verdicts> {
  const tell = (value: unknown, text: string) => print(json ? JSON.stringify(value) : text);
  switch (what.kind) {
    case "mix": {
      await using scene = await startScene({}, children);
      if (!json) print(HEADING);
      return await mix(scene, { minutes: what.minutes, seed }, (line) => tell(line, row(line)));
    }
    case "slowloris": {
      await using scene = await startScene(SLOWLORIS_LIMITS, children);
      return await slowloris(scene, what.seconds, tell);
    }
    case "tunnels": {
      await using scene = await startScene(tunnelsLimits(what.count), children);
      return await tunnels(scene, what.count, tell);
    }
  }
}

function row(line: Line): string {
  return [
    `${line.second} s`.padStart(7),
    `${line.rssMib.toFixed(0)} MiB`.padStart(8),
    String(line.descriptors).padStart(12),
    String(line.threads).padStart(8),
    String(line.connections).padStart(12),
    `${line.healthMs.toFixed(0)} ms`.padStart(8),
    String(line.requests).padStart(9),
    String(line.errors).padStart(7),
  ].join(" ");
}

/** Runs until it is done, or until a signal asks for the end. Resolves to the exit code. */
function soakUntilSignal(options: Options): Promise<number> {
  return untilSignal(async (children) => {
    const { lines, ok } = await soak(options, children);
    if (options.json) print(JSON.stringify({ ok, lines }));
    else for (const line of lines) print(line);
    return ok ? 0 : EXIT_GROWS;
  }, () => complain("soak: ended by a signal"));
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function complain(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) {
  const options = Deno.args.includes("--help") ? null : readOptions(Deno.args);
  if (options === null) {
    print(USAGE);
  } else if (typeof options === "string" || NO_PROC !== null) {
    complain(typeof options === "string" ? `soak: ${options}\n\n${USAGE}` : `soak: ${NO_PROC}`);
    Deno.exitCode = EXIT_USAGE;
  } else {
    // Whatever a client of the traffic still waits for is of no matter now.
    Deno.exit(await soakUntilSignal(options));
  }
}
