import { untilAdmin } from "./admin_calls.ts";
import { doorward, type DoorwardStart, startDoorward } from "./doorward_cli.ts";
import { type Ended, type RunningProgram, startProgram, whereIs } from "./programs.ts";
import { makeScratch, type Scratch } from "./scratch.ts";
import { greet, startWebOrigin, type WebOrigin } from "./web_origin.ts";

/** What fetches. */
export const CURL = { name: "curl", program: whereIs("curl"), wanted: "curl" };

/** An origin that nobody allowed: not 127.0.0.1, where clients go directly. */
export const HOST = "127.0.0.2";

/** With comments, which nobody may lose. */
export const ASKING = `# Mine: do not touch.
[network]
enabled = true # yes
ask = true
ask_hold_seconds = 20
allowed_domains = [
  "kept.test", # keep me
]
denied_domains = ["denied.test"]
`;

/** A `doorward start` that is commanded by other processes, and an origin. */
export interface Scene extends AsyncDisposable {
  readonly start: DoorwardStart;
  readonly scratch: Scratch;
  readonly origin: WebOrigin;
  /** Runs one command of Doorward. */
  readonly cli: (...words: readonly string[]) => Promise<Ended>;
}

/** Starts Doorward with a configuration; null leaves the one that there is. */
export async function makeScene(
  toml: string | null,
  given: { readonly scratch?: Scratch; readonly origin?: WebOrigin } = {},
): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const scratch = given.scratch ?? stack.use(await makeScratch());
  const origin = given.origin ?? stack.use(startWebOrigin(greetOrHold, { hostname: HOST }));
  if (toml !== null) await scratch.configure(toml);
  const start = stack.use(await startDoorward([], scratch));
  const admin = `http://127.0.0.1:${start.adminPort}`;
  const owned = stack.move();
  return {
    start,
    scratch,
    origin,
    cli: (...words) => doorward([...words, "--admin", admin], scratch),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Says hello; who asks to be held is told nothing more, ever. */
function greetOrHold(request: Request): Response {
  if (!request.url.endsWith("/hold")) return greet();
  return new Response(new ReadableStream({ start: (to) => to.enqueue(new Uint8Array(1)) }));
}

/** curl on its way to the origin. */
export function fetching(
  { start, scratch, origin }: Scene,
  path: string,
  flags: readonly string[] = [],
): RunningProgram {
  const words = ["curl", "-sS", ...flags, "-x", start.url, `${origin.url}${path}`];
  return startProgram(words, { env: scratch.env });
}

/** What curl came back with. */
export async function fetched(scene: Scene, path: string): Promise<Ended> {
  await using curl = fetching(scene, path);
  return await curl.ended;
}

/** Waits until there is a question. */
export async function asked({ start }: Scene): Promise<void> {
  await untilAdmin(start, "/pending", ({ pending }) => pending.length > 0);
}
