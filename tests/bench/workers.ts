import type { Authority } from "../support/authority.ts";
import type { Child, Children } from "./child.ts";
import type { Job, OriginPorts, Outcome } from "./job.ts";
import { lines } from "./lines.ts";
import type { Native } from "./native.ts";
import { type Hold, holdLine, isNative, jobLine, RELEASE_LINE } from "./native_load.ts";

/** The origin, running. */
export interface Origin extends AsyncDisposable {
  readonly ports: OriginPorts;
  /** Rejects when it has ended before its time: nothing that is measured then means anything. */
  readonly lost: Promise<never>;
}

/** The load generators, running. */
export interface Load extends AsyncDisposable {
  perform(job: Job): Promise<Outcome>;
  /** Opens idle tunnels and leaves them open until {@linkcode Load.release}; null where that cannot be done. */
  readonly hold: ((job: Hold) => Promise<Held>) | null;
  release(): Promise<void>;
}

/** What came of opening idle tunnels. */
export interface Held {
  /** How many stand. */
  readonly held: number;
  readonly faults: number;
  readonly fault: string;
}

/** Starts the origin, which has this certificate and key by TLS; what it can in C, where that is compiled. */
export async function startOrigin(
  { cert, key }: Pick<Authority, "cert" | "key">,
  children: Children,
  native: Native | null,
): Promise<Origin> {
  await using stack = new AsyncDisposableStack();
  const script = stack.use(startScript("origin.ts", children));
  const writer = script.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${JSON.stringify({ cert, key })}\n`));
  let ports: OriginPorts = JSON.parse(await firstLine("origin", script));
  const all = [script];
  if (native !== null) {
    const child = stack.use(children.start(`${native.folder}/bench-origin`, []));
    ports = { ...ports, ...JSON.parse(await firstLine("origin", child)) };
    all.push(child);
  }
  const lost = Promise.race(all.map(async (child) => {
    await child.ended;
    throw startFailure("origin", child);
  }));
  lost.catch(() => {
    // It ends with the bench, too.
  });
  const running = stack.move();
  return { ports, lost, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Starts the load generators. */
export function startLoad(children: Children, native: Native | null): Load {
  const script = talk("load generator", startScript("load.ts", children));
  const inC = native === null
    ? null
    : talk("load generator in C", children.start(`${native.folder}/bench-load`, []));
  return {
    async perform(job: Job): Promise<Outcome> {
      const answer = inC !== null && isNative(job)
        ? await inC.ask(jobLine(job))
        : await script.ask(JSON.stringify(job));
      return JSON.parse(answer);
    },
    hold: inC && (async (job): Promise<Held> => JSON.parse(await inC.ask(holdLine(job)))),
    async release(): Promise<void> {
      await inC?.ask(RELEASE_LINE);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await script.child[Symbol.asyncDispose]();
      await inC?.child[Symbol.asyncDispose]();
    },
  };
}

/** A process that answers each line with one. */
interface Talker {
  readonly child: Child;
  ask(line: string): Promise<string>;
}

function talk(what: string, child: Child): Talker {
  const writer = child.stdin.getWriter();
  const answers = lines(child.stdout);
  return {
    child,
    async ask(line: string): Promise<string> {
      await writer.write(new TextEncoder().encode(`${line}\n`));
      const { value } = await answers.next();
      if (typeof value !== "string") throw startFailure(what, child);
      return value;
    },
  };
}

async function firstLine(what: string, child: Child): Promise<string> {
  const { value } = await lines(child.stdout).next();
  if (typeof value !== "string") throw startFailure(what, child);
  return value;
}

function startScript(name: string, children: Children): Child {
  const script = new URL(name, import.meta.url).pathname;
  return children.start(Deno.execPath(), ["run", "--quiet", "--no-prompt", "--allow-net", script]);
}

function startFailure(what: string, child: Child): Error {
  return new Error(`Cannot run the ${what}: it ended, saying "${child.lastWords()}"`);
}
