import type { DeciderConfig } from "../../src/config/decider_table.ts";
import { type OpenDecider, openDecider } from "../../src/library/deciders/open_decider.ts";
import { systemHelperProcess } from "../../src/library/deciders/system_helper.ts";
import { systemClock } from "../../src/net/system_clock.ts";
import { systemResolver } from "../../src/net/system_resolver.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import type { DeciderAnswer, DeciderRequest } from "../../src/proxy/asking/decider.ts";
import { deciderRequest, PATIENT } from "./decider.ts";
import { inTime, until } from "./in_time.ts";
import type { Scratch } from "./scratch.ts";

/** A decider that is really started, and what it says. */
export interface RealDecider extends AsyncDisposable {
  readonly told: readonly string[];
  /** Asks it, and waits for the answer. */
  readonly ask: (over?: Partial<DeciderRequest>, signal?: AbortSignal) => Promise<DeciderAnswer>;
  /** Ends it, and waits for that. */
  readonly close: OpenDecider["close"];
}

/** Opens a decider with what is real. */
export function realDecider(
  asks: DeciderConfig["asks"],
  env: Readonly<Record<string, string>>,
  limits: Partial<Omit<DeciderConfig, "asks">> = {},
): RealDecider {
  const told: string[] = [];
  const { decide, close } = openDecider({ asks, timeoutMs: 5000, concurrency: 64, ...limits }, {
    clock: systemClock,
    diagnose: (line) => told.push(line),
    startHelper: systemHelperProcess,
    env,
    secretVariables: [],
    resolve: systemResolver(),
    dial: tcpDialer,
    startTls: () => Promise.reject(new Error("There is no TLS here")),
  });
  const closed = () => inTime(close(), "the close");
  return {
    told,
    ask: (over = {}, signal = PATIENT) => inTime(decide(deciderRequest(over), signal), "an answer"),
    close: closed,
    [Symbol.asyncDispose]: closed,
  };
}

/** A program in Python, in a folder of a test. */
export async function pythonHelper(
  scratch: Scratch,
  source: string,
): Promise<Extract<DeciderConfig["asks"], { readonly kind: "command" }>> {
  await scratch.write("decide.py", source);
  return { kind: "command", words: ["python3", "-u", "decide.py"], folder: scratch.folder };
}

/** How the helpers of the tests begin. `PID` is written to a file, so that a test can look for it. */
export const BEGINNING = `
import json, os, signal, sys, time
open("pids", "a").write(str(os.getpid()) + "\\n")
def ask():
    line = sys.stdin.readline()
    if not line: sys.exit(0)
    return json.loads(line)
def say(question, decision="allow", **more):
    print(json.dumps({"id": question["id"], "decision": decision, **more}), flush=True)
`;

/** The helpers that were started in a folder, and still run. */
export async function runningHelpers({ folder }: Scratch): Promise<number[]> {
  return (await startedHelpers(folder)).filter(isRunning);
}

/** Waits until none is left. What is killed with its group is there a little longer than its parent. */
export async function untilNoHelperRuns({ folder }: Scratch): Promise<void> {
  const pids = await startedHelpers(folder);
  await until(() => !pids.some(isRunning), "no helper is left");
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false; // It is gone.
  }
}

/** All that were ever started there. */
export async function startedHelpers(folder: string): Promise<number[]> {
  const text = await Deno.readTextFile(`${folder}/pids`).catch(() => "");
  return text.split("\n").filter((line) => line !== "").map(Number);
}
