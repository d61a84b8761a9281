import type { Authority } from "../support/authority.ts";
import type { Child, Children } from "./child.ts";
import type { Job, OriginPorts, Outcome } from "./job.ts";
import { lines } from "./lines.ts";

/** The origin, running. */
export interface Origin extends AsyncDisposable {
  readonly ports: OriginPorts;
  /** Rejects when it has ended before its time: nothing that is measured then means anything. */
  readonly lost: Promise<never>;
}

/** The load generator, running. */
export interface Load extends AsyncDisposable {
  perform(job: Job): Promise<Outcome>;
}

/** Starts the origin, which has this certificate and key by TLS. */
export async function startOrigin(
  { cert, key }: Pick<Authority, "cert" | "key">,
  children: Children,
): Promise<Origin> {
  const child = startScript("origin.ts", children);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${JSON.stringify({ cert, key })}\n`));
  const { value } = await lines(child.stdout).next();
  if (typeof value !== "string") throw startFailure("origin", child);
  const lost = child.ended.then(() => {
    throw startFailure("origin", child);
  });
  lost.catch(() => {
    // It ends with the bench, too.
  });
  return {
    ports: JSON.parse(value),
    lost,
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

/** Starts the load generator. */
export function startLoad(children: Children): Load {
  const child = startScript("load.ts", children);
  const writer = child.stdin.getWriter();
  const answers = lines(child.stdout);
  return {
    async perform(job: Job): Promise<Outcome> {
      await writer.write(new TextEncoder().encode(`${JSON.stringify(job)}\n`));
      const { value } = await answers.next();
      if (typeof value !== "string") throw startFailure("load generator", child);
      return JSON.parse(value);
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

function startScript(name: string, children: Children): Child {
  const script = new URL(name, import.meta.url).pathname;
  return children.start(Deno.execPath(), ["run", "--quiet", "--no-prompt", "--allow-net", script]);
}

function startFailure(what: string, child: Child): Error {
  return new Error(`Cannot run the ${what}: it ended, saying "${child.lastWords()}"`);
}
